// TicketService over gRPC: checks the shape of requests, hands commands to the executor, answers
// reads from committed state.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class TicketServiceApi final : public v1::TicketService::CallbackService {
 public:
  // `env` is borrowed.
  explicit TicketServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* ConfigureLocation(grpc::CallbackServerContext* context,
                                              const v1::ConfigureLocationRequest* request,
                                              v1::ConfigureLocationResponse* response) override;
  grpc::ServerUnaryReactor* GetLocation(grpc::CallbackServerContext* context,
                                        const v1::GetLocationRequest* request,
                                        v1::GetLocationResponse* response) override;
  grpc::ServerUnaryReactor* ListLocations(grpc::CallbackServerContext* context,
                                          const v1::ListLocationsRequest* request,
                                          v1::ListLocationsResponse* response) override;
  grpc::ServerUnaryReactor* OpenTicket(grpc::CallbackServerContext* context,
                                       const v1::OpenTicketRequest* request,
                                       v1::OpenTicketResponse* response) override;
  grpc::ServerUnaryReactor* AddJob(grpc::CallbackServerContext* context,
                                   const v1::AddJobRequest* request,
                                   v1::AddJobResponse* response) override;
  grpc::ServerUnaryReactor* AddLabourLine(grpc::CallbackServerContext* context,
                                          const v1::AddLabourLineRequest* request,
                                          v1::AddLabourLineResponse* response) override;
  grpc::ServerUnaryReactor* AddPartLine(grpc::CallbackServerContext* context,
                                        const v1::AddPartLineRequest* request,
                                        v1::AddPartLineResponse* response) override;
  grpc::ServerUnaryReactor* AddFeeLine(grpc::CallbackServerContext* context,
                                       const v1::AddFeeLineRequest* request,
                                       v1::AddFeeLineResponse* response) override;
  grpc::ServerUnaryReactor* AddNoteLine(grpc::CallbackServerContext* context,
                                        const v1::AddNoteLineRequest* request,
                                        v1::AddNoteLineResponse* response) override;
  grpc::ServerUnaryReactor* ChangeLine(grpc::CallbackServerContext* context,
                                       const v1::ChangeLineRequest* request,
                                       v1::ChangeLineResponse* response) override;
  grpc::ServerUnaryReactor* RemoveLine(grpc::CallbackServerContext* context,
                                       const v1::RemoveLineRequest* request,
                                       v1::RemoveLineResponse* response) override;
  grpc::ServerUnaryReactor* DiscountLine(grpc::CallbackServerContext* context,
                                         const v1::DiscountLineRequest* request,
                                         v1::DiscountLineResponse* response) override;
  grpc::ServerUnaryReactor* DiscountTicket(grpc::CallbackServerContext* context,
                                           const v1::DiscountTicketRequest* request,
                                           v1::DiscountTicketResponse* response) override;
  grpc::ServerUnaryReactor* AuthorizeJob(grpc::CallbackServerContext* context,
                                         const v1::AuthorizeJobRequest* request,
                                         v1::AuthorizeJobResponse* response) override;
  grpc::ServerUnaryReactor* DeclineJob(grpc::CallbackServerContext* context,
                                       const v1::DeclineJobRequest* request,
                                       v1::DeclineJobResponse* response) override;
  grpc::ServerUnaryReactor* DeferJob(grpc::CallbackServerContext* context,
                                     const v1::DeferJobRequest* request,
                                     v1::DeferJobResponse* response) override;
  grpc::ServerUnaryReactor* StartJob(grpc::CallbackServerContext* context,
                                     const v1::StartJobRequest* request,
                                     v1::StartJobResponse* response) override;
  grpc::ServerUnaryReactor* CompleteJob(grpc::CallbackServerContext* context,
                                        const v1::CompleteJobRequest* request,
                                        v1::CompleteJobResponse* response) override;
  grpc::ServerUnaryReactor* PresentEstimate(grpc::CallbackServerContext* context,
                                            const v1::PresentEstimateRequest* request,
                                            v1::PresentEstimateResponse* response) override;
  grpc::ServerUnaryReactor* CancelEstimate(grpc::CallbackServerContext* context,
                                           const v1::CancelEstimateRequest* request,
                                           v1::CancelEstimateResponse* response) override;
  grpc::ServerUnaryReactor* ExpireEstimate(grpc::CallbackServerContext* context,
                                           const v1::ExpireEstimateRequest* request,
                                           v1::ExpireEstimateResponse* response) override;
  grpc::ServerUnaryReactor* ConvertQuote(grpc::CallbackServerContext* context,
                                         const v1::ConvertQuoteRequest* request,
                                         v1::ConvertQuoteResponse* response) override;
  grpc::ServerUnaryReactor* ScheduleJob(grpc::CallbackServerContext* context,
                                        const v1::ScheduleJobRequest* request,
                                        v1::ScheduleJobResponse* response) override;
  grpc::ServerUnaryReactor* HoldJob(grpc::CallbackServerContext* context,
                                    const v1::HoldJobRequest* request,
                                    v1::HoldJobResponse* response) override;
  grpc::ServerUnaryReactor* ResumeJob(grpc::CallbackServerContext* context,
                                      const v1::ResumeJobRequest* request,
                                      v1::ResumeJobResponse* response) override;
  grpc::ServerUnaryReactor* CheckQuality(grpc::CallbackServerContext* context,
                                         const v1::CheckQualityRequest* request,
                                         v1::CheckQualityResponse* response) override;
  grpc::ServerUnaryReactor* CancelJob(grpc::CallbackServerContext* context,
                                      const v1::CancelJobRequest* request,
                                      v1::CancelJobResponse* response) override;
  grpc::ServerUnaryReactor* AddOverlap(grpc::CallbackServerContext* context,
                                       const v1::AddOverlapRequest* request,
                                       v1::AddOverlapResponse* response) override;
  grpc::ServerUnaryReactor* AssignTechnicians(grpc::CallbackServerContext* context,
                                              const v1::AssignTechniciansRequest* request,
                                              v1::AssignTechniciansResponse* response) override;
  grpc::ServerUnaryReactor* AddSubletLine(grpc::CallbackServerContext* context,
                                          const v1::AddSubletLineRequest* request,
                                          v1::AddSubletLineResponse* response) override;
  grpc::ServerUnaryReactor* AddKit(grpc::CallbackServerContext* context,
                                   const v1::AddKitRequest* request,
                                   v1::AddKitResponse* response) override;
  grpc::ServerUnaryReactor* AddCannedJob(grpc::CallbackServerContext* context,
                                         const v1::AddCannedJobRequest* request,
                                         v1::AddCannedJobResponse* response) override;
  grpc::ServerUnaryReactor* ReplacePart(grpc::CallbackServerContext* context,
                                        const v1::ReplacePartRequest* request,
                                        v1::ReplacePartResponse* response) override;
  grpc::ServerUnaryReactor* PlaceSpecialOrder(grpc::CallbackServerContext* context,
                                              const v1::PlaceSpecialOrderRequest* request,
                                              v1::PlaceSpecialOrderResponse* response) override;
  grpc::ServerUnaryReactor* ReceiveSpecialOrder(grpc::CallbackServerContext* context,
                                                const v1::ReceiveSpecialOrderRequest* request,
                                                v1::ReceiveSpecialOrderResponse* response) override;
  grpc::ServerUnaryReactor* HoldForWillCall(grpc::CallbackServerContext* context,
                                            const v1::HoldForWillCallRequest* request,
                                            v1::HoldForWillCallResponse* response) override;
  grpc::ServerUnaryReactor* RecordTires(grpc::CallbackServerContext* context,
                                        const v1::RecordTiresRequest* request,
                                        v1::RecordTiresResponse* response) override;
  grpc::ServerUnaryReactor* ReturnCore(grpc::CallbackServerContext* context,
                                       const v1::ReturnCoreRequest* request,
                                       v1::ReturnCoreResponse* response) override;
  grpc::ServerUnaryReactor* ForfeitCore(grpc::CallbackServerContext* context,
                                        const v1::ForfeitCoreRequest* request,
                                        v1::ForfeitCoreResponse* response) override;
  grpc::ServerUnaryReactor* ChargeStorage(grpc::CallbackServerContext* context,
                                          const v1::ChargeStorageRequest* request,
                                          v1::ChargeStorageResponse* response) override;
  grpc::ServerUnaryReactor* RecordLostSale(grpc::CallbackServerContext* context,
                                           const v1::RecordLostSaleRequest* request,
                                           v1::RecordLostSaleResponse* response) override;
  grpc::ServerUnaryReactor* ExplainTicket(grpc::CallbackServerContext* context,
                                          const v1::ExplainTicketRequest* request,
                                          v1::ExplainTicketResponse* response) override;
  grpc::ServerUnaryReactor* GetEstimate(grpc::CallbackServerContext* context,
                                        const v1::GetEstimateRequest* request,
                                        v1::GetEstimateResponse* response) override;
  grpc::ServerUnaryReactor* CompareEstimates(grpc::CallbackServerContext* context,
                                             const v1::CompareEstimatesRequest* request,
                                             v1::CompareEstimatesResponse* response) override;
  grpc::ServerUnaryReactor* GetConsentProof(grpc::CallbackServerContext* context,
                                            const v1::GetConsentProofRequest* request,
                                            v1::GetConsentProofResponse* response) override;
  grpc::ServerUnaryReactor* InvoiceTicket(grpc::CallbackServerContext* context,
                                          const v1::InvoiceTicketRequest* request,
                                          v1::InvoiceTicketResponse* response) override;
  grpc::ServerUnaryReactor* VoidTicket(grpc::CallbackServerContext* context,
                                       const v1::VoidTicketRequest* request,
                                       v1::VoidTicketResponse* response) override;
  grpc::ServerUnaryReactor* GetTicket(grpc::CallbackServerContext* context,
                                      const v1::GetTicketRequest* request,
                                      v1::GetTicketResponse* response) override;
  grpc::ServerUnaryReactor* ListTickets(grpc::CallbackServerContext* context,
                                        const v1::ListTicketsRequest* request,
                                        v1::ListTicketsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchTicketsResponse>* WatchTickets(
      grpc::CallbackServerContext* context, const v1::WatchTicketsRequest* request) override;
  grpc::ServerUnaryReactor* GetPrice(grpc::CallbackServerContext* context,
                                     const v1::GetPriceRequest* request,
                                     v1::GetPriceResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
