namespace GatewayMesh.Proxy.Pipeline;

/// <summary>One step on the way of a request. Steps do not wait: what waits is the forwarding behind them, or the pipeline for a step that says so.</summary>
internal interface IStep
{
    /// <summary>Looks at the request, notes what it finds out, and says whether the request goes on.</summary>
    Verdict Take(Exchange exchange);
}
