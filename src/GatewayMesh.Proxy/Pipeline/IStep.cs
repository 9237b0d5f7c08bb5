namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// One step of the pipeline. Steps do not wait: only the forwarding after them waits, or the pipeline on behalf of a step.
/// </summary>
internal interface IStep
{
    /// <summary>Inspects the request, records its findings, and decides whether the request continues.</summary>
    Verdict Take(Exchange exchange);
}
