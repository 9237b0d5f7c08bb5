using System.Buffers;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Collects instruments of meters named <c>GatewayMesh.*</c> and writes them in Prometheus' text format 0.0.4.</summary>
public sealed class PrometheusText : IDisposable
{
    /// <summary>Content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Begins to listen.</summary>
    /// <param name="scope">Only meters of this scope (a <see cref="MeshMetrics"/>), or null for all. Default: null.</param>
    public PrometheusText(object? scope = null) => _ = scope;

    /// <summary>Writes everything collected.</summary>
    public void Write(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() { }
}
