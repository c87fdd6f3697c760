// What is left of a person who was erased: nothing that can be read, in no file of the store.
#include <optional>

#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/projections/customer_search.h"
#include "services/customer_vehicle/testing_shop.h"

namespace pitlane::customer_vehicle {
namespace {

using ::testing::IsEmpty;

// Long enough not to occur by chance, and nowhere else in the test.
constexpr char kGivenName[] = "Wilhelmina";
constexpr char kFamilyName[] = "Featherstonehaugh";
constexpr char kNote[] = "Prefers the blue courtesy car";

class ErasureTest : public ShopTest {
 protected:
  v1::RegisterCustomerRequest Request() {
    auto request = CustomerRequest(kGivenName, kFamilyName);
    request.mutable_personal()->add_phones("+1 316 555 0187");
    request.mutable_personal()->add_emails("wilhelmina@example.org");
    request.mutable_preferences()->set_language("en-GB");
    return request;
  }

  v1::AddNoteRequest Note(const std::string& customer_id) {
    v1::AddNoteRequest request;
    request.set_request_id(NextRequestId());
    request.set_customer_id(customer_id);
    request.set_text(kNote);
    return request;
  }

  // Whether some file that a power cut would leave has these bytes.
  bool OnDisk(const std::string& bytes) {
    for (const auto& [name, content] : cluster_.disk("customer_vehicle").SyncedImage()) {
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  bool Readable() {
    return OnDisk(kGivenName) || OnDisk(kFamilyName) || OnDisk("featherst") ||
           OnDisk("FEATHERST") || OnDisk("5550187") || OnDisk("555 0187") ||
           OnDisk("wilhelmina@example.org") || OnDisk("blue courtesy");
  }

  size_t SearchRows() {
    size_t rows = 0;
    EXPECT_THAT(cluster_.journal("customer_vehicle")
                    .NewReader()
                    ->ForEachInView(kCustomerSearchView, {},
                                    [&rows](std::string_view, std::string_view) {
                                      ++rows;
                                      return true;
                                    }),
                IsOk());
    return rows;
  }

  int Found(const std::string& name) {
    v1::SearchCustomersRequest request;
    request.set_name(name);
    const auto response = Call(&Stub::SearchCustomers, request);
    EXPECT_THAT(response.status(), IsOk());
    return response.ok() ? response->customers_size() : -1;
  }
};

TEST_F(ErasureTest, CustomerWhoIsThereThenNotEvenNowReadableOnDisk) {
  const v1::Customer customer = Register(Request());
  ASSERT_THAT(Call(&Stub::AddNote, Note(customer.customer_id())), IsOk());
  EXPECT_TRUE(OnDisk(customer.customer_id())) << "the search looks at the right files";
  EXPECT_FALSE(Readable());
}

TEST_F(ErasureTest, ErasedThenKeyAndRowsAreGoneFromTheFiles) {
  const v1::Customer customer = Register(Request());
  ASSERT_THAT(Call(&Stub::AddNote, Note(customer.customer_id())), IsOk());
  journal::Journal& journal = cluster_.journal("customer_vehicle");
  ASSERT_OK_AND_ASSIGN(const std::optional<std::string> key,
                       journal.GetSecret(PersonKeyName(customer.customer_id())));
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(OnDisk(*key));
  EXPECT_GT(SearchRows(), 0u);

  ASSERT_OK_AND_ASSIGN(const auto erased, Erase(customer.customer_id()));
  EXPECT_TRUE(erased.customer().erased());
  EXPECT_FALSE(erased.customer().has_personal());
  ASSERT_THAT(journal.WaitForErasure(absl::Now() + absl::Seconds(30)), IsOk());
  EXPECT_FALSE(OnDisk(*key));
  EXPECT_FALSE(Readable());
  EXPECT_EQ(SearchRows(), 0u);
}

TEST_F(ErasureTest, ErasedThenAnswersHaveNothingPersonalAnyMore) {
  const auto registration = Request();
  const v1::Customer customer = Register(registration);
  const auto note = Note(customer.customer_id());
  ASSERT_THAT(Call(&Stub::AddNote, note), IsOk());
  ASSERT_THAT(Erase(customer.customer_id()), IsOk());

  ASSERT_OK_AND_ASSIGN(const v1::Customer read, GetCustomer(customer.customer_id()));
  EXPECT_TRUE(read.erased());
  EXPECT_FALSE(read.has_personal());
  EXPECT_FALSE(read.has_preferences());
  EXPECT_THAT(read.notes(), IsEmpty());
  // Repeated requests are answered from memory, and that has been wiped too.
  ASSERT_OK_AND_ASSIGN(const auto again, Call(&Stub::RegisterCustomer, registration));
  EXPECT_TRUE(again.customer().erased());
  EXPECT_FALSE(again.customer().has_personal());
  ASSERT_OK_AND_ASSIGN(const auto note_again, Call(&Stub::AddNote, note));
  EXPECT_THAT(note_again.customer().notes(), IsEmpty());
  EXPECT_EQ(Found("feather"), 0);
}

TEST_F(ErasureTest, ErasedThenRefusedEverywhere) {
  const v1::Customer customer = Register(Request());
  ASSERT_THAT(Erase(customer.customer_id()), IsOk());
  EXPECT_EQ(rpc::ErrorReason(Erase(customer.customer_id()).status()), "CUSTOMER_ERASED");
  EXPECT_EQ(rpc::ErrorReason(Call(&Stub::AddNote, Note(customer.customer_id())).status()),
            "CUSTOMER_ERASED");
  auto vehicle = VehicleRequest(kVin);
  vehicle.set_customer_id(customer.customer_id());
  EXPECT_EQ(rpc::ErrorReason(Call(&Stub::RegisterVehicle, vehicle).status()), "CUSTOMER_ERASED");
}

TEST_F(ErasureTest, ErasedThenLaterVisitsStillCount) {
  const v1::Customer customer = Register(Request());
  const v1::Vehicle vehicle = Register(VehicleRequest(kVin));
  Publish(ClosedTicket(customer.customer_id(), vehicle.vehicle_id(), 1, 1000));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_THAT(Erase(customer.customer_id()), IsOk());
  Publish(ClosedTicket(customer.customer_id(), vehicle.vehicle_id(), 2, 2000));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const v1::Customer read, GetCustomer(customer.customer_id()));
  EXPECT_EQ(read.profile().visits(), 2);
  EXPECT_EQ(read.profile().spend(0).amount_minor(), 3000);
  EXPECT_EQ(cluster_.host("customer_vehicle").Status().parked, 0u);
}

TEST_F(ErasureTest, ViewRebuiltThenTheErasedStayAwayAndTheOthersComeBack) {
  const v1::Customer erased = Register(Request());
  Register("Maria", "Example");
  ASSERT_THAT(Erase(erased.customer_id()), IsOk());
  const size_t rows = SearchRows();
  absl::Mutex mutex;
  std::optional<absl::Status> rebuilt;
  cluster_.host("customer_vehicle")
      .rebuilder()
      .Rebuild(kCustomerSearchView, [&](absl::Status status) {
        absl::MutexLock lock(&mutex);
        rebuilt = std::move(status);
      });
  {
    absl::MutexLock lock(&mutex);
    mutex.AwaitWithTimeout(
        absl::Condition(
            +[](std::optional<absl::Status>* done) { return done->has_value(); }, &rebuilt),
        absl::Seconds(30));
    ASSERT_TRUE(rebuilt.has_value());
    EXPECT_THAT(*rebuilt, IsOk());
  }
  EXPECT_EQ(SearchRows(), rows);
  EXPECT_EQ(Found("maria"), 1);
  EXPECT_EQ(Found("feather"), 0);
}

TEST_F(ErasureTest, PowerCutThenErasedStays) {
  const v1::Customer customer = Register(Request());
  ASSERT_THAT(Erase(customer.customer_id()), IsOk());
  Crash();
  ASSERT_OK_AND_ASSIGN(const v1::Customer read, GetCustomer(customer.customer_id()));
  EXPECT_TRUE(read.erased());
  EXPECT_FALSE(read.has_personal());
}

}  // namespace
}  // namespace pitlane::customer_vehicle
