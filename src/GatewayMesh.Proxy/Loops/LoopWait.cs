namespace GatewayMesh.Proxy.Loops;

/// <summary>Waits of code that may run on a loop or elsewhere.</summary>
internal static class LoopWait
{
    /// <summary>Waits on the timer wheel of the current loop, and continues there; without a loop on a timer of the clock.</summary>
    /// <exception cref="OperationCanceledException">The wait was canceled, or the loop has ended.</exception>
    public static ValueTask For(TimeSpan span, TimeProvider time, CancellationToken cancellation) =>
        EventLoop.Current is { } loop ? loop.Delay(span, cancellation) : new ValueTask(Task.Delay(span, time, cancellation));
}
