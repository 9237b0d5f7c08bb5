using System.Diagnostics.Metrics;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>The instruments of the mesh, on meters named <c>GatewayMesh.*</c>.</summary>
public sealed class MeshMetrics : IDisposable
{
    private readonly Meter _meter;

    /// <summary>The instruments, all at zero.</summary>
    public MeshMetrics() => _meter = new Meter(new MeterOptions("GatewayMesh.Proxy") { Scope = this });

    /// <summary>Counts a retry decision in <c>gatewaymesh_retries_total{outcome}</c>.</summary>
    public void CountRetry(RetryVerdict verdict) => throw new NotImplementedException();

    /// <summary>Counts a change of tier in <c>gatewaymesh_failovers_total{from,to,reason}</c>.</summary>
    public void CountFailover(MeshTier from, MeshTier to, string reason) => throw new NotImplementedException();

    /// <summary>Counts an ejection in <c>gatewaymesh_endpoint_ejections_total{service}</c>.</summary>
    public void CountEjection(string service) => throw new NotImplementedException();

    /// <summary>Sets <c>gatewaymesh_tier{tier}</c>: 1 for the tier in use.</summary>
    public void SetTier(MeshTier tier) => throw new NotImplementedException();

    /// <summary>Sets <c>gatewaymesh_config_revision{revision}</c>.</summary>
    public void SetRevision(string revision) => throw new NotImplementedException();

    /// <summary>Sets <c>gatewaymesh_config_errors</c>: errors of the last configuration that was refused, 0 after one that was taken.</summary>
    public void SetConfigErrors(int errors) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
