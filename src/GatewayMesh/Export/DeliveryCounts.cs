namespace GatewayMesh.Export;

/// <summary>Exports of one signal, by the collector's answer.</summary>
internal sealed class DeliveryCounts
{
    private long _delivered;
    private long _failed;

    /// <summary>Exports that the collector took.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Exports that the collector refused, or that did not reach it in time.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Counts an export.</summary>
    public void Count(bool isDelivered) => Interlocked.Increment(ref isDelivered ? ref _delivered : ref _failed);
}
