using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Recognizes gRPC calls and reads their timeouts.</summary>
internal sealed class GrpcStep(TimeProvider time) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var request = exchange.Http.Request;
        if (GrpcCall.Is(request))
        {
            exchange.IsGrpc = true;
            if (request.Headers.TryGetValue(GrpcFields.Timeout, out var field) && GrpcTimeout.TryRead(field, out var timeout))
            {
                exchange.CallDeadline = Deadline.Start(time, TimeSpan.Zero, timeout);
            }
        }

        return Verdict.Next;
    }
}
