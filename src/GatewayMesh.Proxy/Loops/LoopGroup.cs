using System.Globalization;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>The loops of a process. A connection stays on the loop that accepted it.</summary>
internal sealed class LoopGroup : IAsyncDisposable
{
    private readonly EventLoop[] _loops;
    private LoopListeners? _listeners;

    /// <summary>Creates and starts loops.</summary>
    /// <param name="count">Number of loops; 0: one a core.</param>
    /// <param name="time">Clock of the timers.</param>
    /// <param name="failed">Receives exceptions of posted work, timers, and the target of connections.</param>
    /// <param name="progress">Page that the guard reads; not owned, and disposed of after the group. Default: none.</param>
    public LoopGroup(int count, TimeProvider time, Action<Exception> failed, ProgressPage? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Failed = failed;
        _loops = new EventLoop[count == 0 ? Environment.ProcessorCount : count];
        progress?.PublishLoops(_loops.Length);
        for (var i = 0; i < _loops.Length; i++)
        {
            _loops[i] = new EventLoop(NameOf(i), time, failed, progress?.Loop(i) ?? default);
            _loops[i].Start();
        }
    }

    /// <summary>Name of a loop's thread, as <c>top -H</c> shows it.</summary>
    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"mesh-loop-{index}");

    /// <summary>The loops.</summary>
    public IReadOnlyList<EventLoop> Loops => _loops;

    private Action<Exception> Failed { get; }

    /// <summary>Creates the set of listeners of these loops, once.</summary>
    /// <param name="target">Receiver of accepted connections.</param>
    public LoopListeners Accept(IConnectionTarget target) => _listeners = _listeners is null
        ? new LoopListeners(_loops, target, Failed)
        : throw new InvalidOperationException("The loops already accept for another target.");

    /// <summary>Accepts no more, resets all connections, and ends the threads. No thread and no descriptor of the group remains.</summary>
    public async ValueTask DisposeAsync()
    {
        _listeners?.Close();
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync().ConfigureAwait(false);
        }
    }
}
