using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Recognizes gRPC calls and reads their timeouts.</summary>
internal sealed class GrpcStep(TimeProvider time) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var fields = exchange.Head.Fields;
        if (GrpcCall.Is(fields))
        {
            exchange.IsGrpc = true;
            if (fields[KnownField.GrpcTimeout] is { Count: > 0 } field && GrpcTimeout.TryRead(field, out var timeout))
            {
                exchange.CallDeadline = Deadline.Start(time, TimeSpan.Zero, timeout);
            }
        }

        return Verdict.Next;
    }
}
