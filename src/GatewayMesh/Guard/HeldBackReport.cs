using System.Globalization;
using GatewayMesh.Events;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>Tells an operator why no worker gets the lease, or is started: once for each reason, with the time until the next try.</summary>
internal sealed class HeldBackReport(Action<EventLevel, string, string> report)
{
    private static readonly TimeSpan NotableWait = TimeSpan.FromSeconds(1);

    private string? _reason;

    /// <summary>Takes in the state of now; null: nothing is held back.</summary>
    internal void Say(HeldBack? held)
    {
        if (held?.Reason == _reason)
        {
            return;
        }

        _reason = held?.Reason;
        if (held is not null && held.Left >= NotableWait)
        {
            report(EventLevel.Warning, "worker-held-back", $"{held.Reason}; next try in {held.Left.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
        }
    }
}
