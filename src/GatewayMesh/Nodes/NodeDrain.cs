using GatewayMesh.Events;

namespace GatewayMesh.Nodes;

/// <summary>Takes a node that runs without a guard out of the mesh, and back. One change at a time.</summary>
/// <param name="node">The node.</param>
/// <param name="events">Receives the events.</param>
internal sealed class NodeDrain(MeshNode node, EventLog events) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _drained;

    /// <summary>True if the node is drained or is being drained. Default: false.</summary>
    internal bool IsDrained => _drained;

    /// <summary>Withdraws the node, waits until other nodes know, and lets its requests end, within the times of the bootstrap.</summary>
    internal Task DrainAsync() => InTurnAsync(async () =>
    {
        if (_drained)
        {
            return;
        }

        _drained = true;
        await node.Publisher.WithdrawAsync(node.Bootstrap.Node).ConfigureAwait(false);
        await Task.Delay(node.Bootstrap.DrainDelay, node.Time).ConfigureAwait(false);
        var left = await node.Plane.DrainAsync(node.Bootstrap.DrainTimeout).ConfigureAwait(false);
        events.Write(
            left.IsClean ? EventLevel.Info : EventLevel.Warning,
            "drained",
            left.IsClean
                ? "all requests completed"
                : $"{left.Requests} requests and {left.Connections} connections were still open at the timeout");
    });

    /// <summary>Returns a drained node to the mesh.</summary>
    internal Task UndrainAsync() => InTurnAsync(async () =>
    {
        if (!_drained)
        {
            return;
        }

        node.Plane.Undrain();
        node.Serve(true);
        await node.Publisher.ResumeAsync().ConfigureAwait(false);
        _drained = false;
        events.Info("undrained", "the node is back in the mesh");
    });

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task InTurnAsync(Func<Task> change)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await change().ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
