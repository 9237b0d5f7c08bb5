using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Normalizes or rejects paths at the edge before any other step reads them, so that decisions and the application see the same path.
/// </summary>
internal sealed class PathStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Target.IsAsterisk || exchange.InboundConnection.Edge is not { Spec.Paths: not PathSpelling.Off and var rule })
        {
            return Verdict.Next;
        }

        switch (PublicPath.Read(exchange.Target.PathAndQuery, out var normal))
        {
            case PathForm.Normal:
                return Verdict.Next;
            case PathForm.Other when rule == PathSpelling.Normalize:
                exchange.Target = exchange.Target with { PathAndQuery = normal };
                return Verdict.Next;
            default:
                return Verdict.Fail(MeshErrorKind.RequestMalformed, "path");
        }
    }
}
