using System.Globalization;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>The end of the last upgrade. A worker that ends soon after a good one makes it a bad one, since nothing is rolled back any more.</summary>
internal sealed class UpgradeOutcome(TimeProvider time)
{
    private static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(60);

    private long? _wellAt;

    /// <summary>The outcome; null before the first upgrade and during one.</summary>
    internal GuardAction.UpgradeEnded? Last
    {
        get;
        set
        {
            field = value;
            _wellAt = value is { Well: true } ? time.GetTimestamp() : null;
        }
    }

    /// <summary>A worker has ended that nobody told to end.</summary>
    /// <param name="pid">Its process.</param>
    /// <param name="how">Its exit code or the signal that ended it, in words.</param>
    /// <returns>True if that makes a bad outcome of a good one.</returns>
    internal bool NoteEnd(int pid, string how)
    {
        if (_wellAt is not { } at || time.GetElapsedTime(at) is var since && since >= Suspicion)
        {
            return false;
        }

        Last = new GuardAction.UpgradeEnded(false, string.Create(
            CultureInfo.InvariantCulture,
            $"worker {pid} of the new build ended {since.TotalSeconds:0.0} s after the upgrade ({how}), and the next one is of the same build; if it ends too, put the previous file back and upgrade"));
        return true;
    }
}
