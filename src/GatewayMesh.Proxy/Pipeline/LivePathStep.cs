namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Answers <c>/.well-known/gatewaymesh/live</c>: whoever waits for an answer can ask the data path itself whether it lives. At the edge without a name.</summary>
internal sealed class LivePathStep(string node) : IStep
{
    /// <summary>The path.</summary>
    public const string Path = "/.well-known/gatewaymesh/live";

    private readonly LocalAnswer _live = new(200, "ok\n", node);
    private readonly LocalAnswer _public = new(200, "ok\n", null);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange) =>
        exchange.Target.PathAndQuery != Path || exchange.Behaviour.ForwardsLivePath ? Verdict.Next
        : Verdict.Reply(exchange.Behaviour.AtTheEdge ? _public : _live);
}
