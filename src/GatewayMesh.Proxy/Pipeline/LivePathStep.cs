using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Answers <c>/.well-known/gatewaymesh/live</c>, with which a waiting client can check that the data path is alive. At the edge without the
/// node name.
/// </summary>
internal sealed class LivePathStep(string node) : IStep
{
    /// <summary>Path of the liveness check.</summary>
    public const string Path = "/.well-known/gatewaymesh/live";

    private static readonly byte[] Body = "ok\n"u8.ToArray();

    private readonly LocalAnswer _live = new(200, [new Field("Content-Type", "text/plain"), new Field(MeshHeaders.Node, node)], Body);
    private readonly LocalAnswer _public = new(200, [new Field("Content-Type", "text/plain")], Body);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange) =>
        exchange.Target.PathAndQuery != Path || exchange.Behavior.ForwardsLivePath ? Verdict.Next
        : Verdict.Reply(exchange.Behavior.AtTheEdge ? _public : _live);
}
