using System.IO.Pipelines;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>A transport whose heads are read just before the server reads them.</summary>
internal sealed class HeadTransport(IDuplexPipe inner, HeadNotes notes) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = new HeadReader(inner.Input, notes);

    /// <inheritdoc/>
    public PipeWriter Output { get; } = inner.Output;
}
