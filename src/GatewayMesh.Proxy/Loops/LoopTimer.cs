namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// A timer of a loop: a node of its <see cref="TimerWheel"/>, created once for each use and then set and canceled without allocation.
/// Used on the loop's thread only.
/// </summary>
/// <param name="due">Called on the loop when the time is over. Must not throw.</param>
/// <param name="state">Argument of <paramref name="due"/>.</param>
internal sealed class LoopTimer(Action<object?> due, object? state)
{
    /// <summary>True if the timer is set.</summary>
    public bool IsSet => Slot >= 0;

    /// <summary>Tick at which the timer is due.</summary>
    internal long DueTick { get; set; }

    /// <summary>Slot of the wheel; -1 if the timer is not set.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Next node of the slot.</summary>
    internal LoopTimer? Next { get; set; }

    /// <summary>Previous node of the slot.</summary>
    internal LoopTimer? Previous { get; set; }

    /// <summary>Argument of the callback.</summary>
    internal object? State => state;

    /// <summary>Runs the callback.</summary>
    internal void Run() => due(state);
}
