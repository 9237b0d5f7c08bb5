using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Guard.Registration;

/// <summary>With a registry folder the guard writes the node's file while no worker does.</summary>
internal sealed class FolderRegistration : IGuardRegistration
{
    private readonly NodePublisher _publisher;
    private readonly string _node;
    private volatile BootstrapSpec _bootstrap;
    private volatile GuardView? _view;

    internal FolderRegistration(BootstrapSpec bootstrap, TimeProvider time)
    {
        _bootstrap = bootstrap;
        _node = bootstrap.Node;
        _publisher = new NodePublisher(
            Registries.Open(bootstrap, time), () => _view is { } view ? StandInRecord.Of(view, _bootstrap, time) : null, time);
    }

    /// <inheritdoc/>
    public void Start() => _publisher.Start();

    /// <inheritdoc/>
    public void Report(GuardView view)
    {
        var before = _view;
        _view = view;
        if (before?.Tier != view.Tier)
        {
            _publisher.Nudge();
        }
    }

    /// <inheritdoc/>
    public void Leave() => _ = _publisher.WithdrawAsync(_node);

    /// <inheritdoc/>
    public void Return() => _ = _publisher.ResumeAsync();

    /// <inheritdoc/>
    public void Reconfigure(BootstrapSpec bootstrap) => _bootstrap = bootstrap;

    /// <inheritdoc/>
    public void Dispose()
    {
        // A file write is complete or absent: nothing is left to finish.
    }
}
