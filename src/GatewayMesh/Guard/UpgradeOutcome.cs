using System.Globalization;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>
/// Outcome of the last upgrade. A worker that ends soon after a successful upgrade turns it into a failed one, since there is no rollback.
/// </summary>
internal sealed class UpgradeOutcome(TimeProvider time)
{
    private static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(60);

    private long? _wellAt;

    /// <summary>The outcome; null before the first upgrade and during an upgrade.</summary>
    internal GuardAction.UpgradeEnded? Last
    {
        get;
        set
        {
            field = value;
            _wellAt = value is { Well: true } ? time.GetTimestamp() : null;
        }
    }

    /// <summary>A worker has ended unexpectedly.</summary>
    /// <param name="pid">Process id of the worker.</param>
    /// <param name="how">Exit code or signal, as text.</param>
    /// <returns>True if the outcome changed to failed.</returns>
    internal bool NoteEnd(int pid, string how)
    {
        if (_wellAt is not { } at || time.GetElapsedTime(at) is var since && since >= Suspicion)
        {
            return false;
        }

        Last = new GuardAction.UpgradeEnded(false, string.Create(
            CultureInfo.InvariantCulture,
            $"worker {pid} of the new build ended {since.TotalSeconds:0.0} s after the upgrade ({how}); its replacement runs the same "
                + $"build: if that ends too, restore the previous file and upgrade"));
        return true;
    }
}
