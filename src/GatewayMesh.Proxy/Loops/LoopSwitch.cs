using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Awaitable that continues on a loop: at once on its thread, otherwise as posted work. After the loop has ended, the thread pool
/// continues, and operations on the loop's sockets fail.
/// </summary>
/// <param name="loop">The loop.</param>
/// <param name="isAlways">True to continue as posted work in any case.</param>
internal readonly struct LoopSwitch(EventLoop loop, bool isAlways = false) : ICriticalNotifyCompletion
{
    private static readonly Action<object?> Run = static continuation => ((Action)continuation!)();

    /// <summary>True if nothing has to be posted.</summary>
    public bool IsCompleted => !isAlways && loop.IsCurrent;

    /// <summary>Returns this awaiter.</summary>
    public LoopSwitch GetAwaiter() => this;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => loop.Post(Run, continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => loop.Post(Run, continuation);

    /// <summary>Has no result.</summary>
    public void GetResult()
    {
    }
}
