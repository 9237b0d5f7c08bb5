namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Answers <c>/.well-known/gatewaymesh/live</c>: whoever waits for an answer can ask the data path itself whether it lives.</summary>
internal sealed class LivePathStep(string node) : IStep
{
    /// <summary>The path.</summary>
    public const string Path = "/.well-known/gatewaymesh/live";

    private readonly LocalAnswer _live = new(200, "ok\n", node);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange) => exchange.Target.PathAndQuery == Path && !exchange.Behaviour.ForwardsLivePath ? Verdict.Reply(_live) : Verdict.Next;
}
