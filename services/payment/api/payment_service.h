// The service's methods: check the shape, hand over, answer. No rules.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"

namespace pitlane::payment {

// Thread-safe.
class PaymentServiceApi final : public v1::PaymentService::CallbackService {
 public:
  // `env` is borrowed.
  explicit PaymentServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* GetReceivable(grpc::CallbackServerContext* context,
                                          const v1::GetReceivableRequest* request,
                                          v1::GetReceivableResponse* response) override;
  grpc::ServerUnaryReactor* TakeCash(grpc::CallbackServerContext* context,
                                     const v1::TakeCashRequest* request,
                                     v1::TakeCashResponse* response) override;
  grpc::ServerUnaryReactor* TakeCard(grpc::CallbackServerContext* context,
                                     const v1::TakeCardRequest* request,
                                     v1::TakeCardResponse* response) override;
  grpc::ServerUnaryReactor* CancelPayment(grpc::CallbackServerContext* context,
                                          const v1::CancelPaymentRequest* request,
                                          v1::CancelPaymentResponse* response) override;
  grpc::ServerUnaryReactor* RefundPayment(grpc::CallbackServerContext* context,
                                          const v1::RefundPaymentRequest* request,
                                          v1::RefundPaymentResponse* response) override;
  grpc::ServerUnaryReactor* RefundCredit(grpc::CallbackServerContext* context,
                                         const v1::RefundCreditRequest* request,
                                         v1::RefundCreditResponse* response) override;
  grpc::ServerUnaryReactor* GetPayment(grpc::CallbackServerContext* context,
                                       const v1::GetPaymentRequest* request,
                                       v1::GetPaymentResponse* response) override;
  grpc::ServerUnaryReactor* ListPayments(grpc::CallbackServerContext* context,
                                         const v1::ListPaymentsRequest* request,
                                         v1::ListPaymentsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchPaymentsResponse>* WatchPayments(
      grpc::CallbackServerContext* context, const v1::WatchPaymentsRequest* request) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::payment
