using System.Globalization;
using GatewayMesh.Events;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>Logs why no worker is granted the lease or started: once per reason, with the time until the next attempt.</summary>
internal sealed class HeldBackReport(Action<EventLevel, string, string> report)
{
    private static readonly TimeSpan NotableWait = TimeSpan.FromSeconds(1);

    private string? _reason;

    /// <summary>Processes the current state; null: no worker is held back.</summary>
    internal void Report(HeldBack? held)
    {
        if (held?.Reason == _reason)
        {
            return;
        }

        _reason = held?.Reason;
        if (held is not null && held.Left >= NotableWait)
        {
            report(
                EventLevel.Warning,
                "worker-held-back",
                $"{held.Reason}; next attempt in {held.Left.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
        }
    }
}
