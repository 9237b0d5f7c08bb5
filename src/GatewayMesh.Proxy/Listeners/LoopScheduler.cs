using System.IO.Pipelines;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Runs the continuations of a pipe on a loop.</summary>
/// <param name="loop">The loop.</param>
internal sealed class LoopScheduler(EventLoop loop) : PipeScheduler
{
    /// <inheritdoc/>
    public override void Schedule(Action<object?> action, object? state) => loop.Post(action, state);
}
