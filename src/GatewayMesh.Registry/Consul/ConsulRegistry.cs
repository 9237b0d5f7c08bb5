using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul;

/// <summary>Consul as a registry: health, entries and KV are watched, this node's services and its record are registered at the agent of its host.</summary>
internal sealed class ConsulRegistry : IRegistry
{
    private readonly ConsulAgents _agents;
    private readonly ConsulRegistration _registration;

    /// <summary>Opens it; nothing is dialled yet.</summary>
    public ConsulRegistry(BootstrapSpec bootstrap, TimeProvider time)
    {
        _agents = new ConsulAgents(ConsulAccess.Of(bootstrap.Registry!), time);
        _registration = new ConsulRegistration(_agents, bootstrap, time);
    }

    /// <inheritdoc/>
    public string Name => $"consul://{string.Join(',', _agents.All.Select(agent => agent.Name))}";

    /// <inheritdoc/>
    public IAsyncEnumerable<RegistryReport> WatchAsync(CancellationToken cancellationToken) => throw new NotSupportedException("reading from Consul follows");

    /// <inheritdoc/>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellationToken) => _registration.PublishAsync(record, cancellationToken);

    /// <inheritdoc/>
    public Task WithdrawAsync(string node, CancellationToken cancellationToken) => _registration.WithdrawAsync(cancellationToken);

    /// <inheritdoc/>
    public void Reconfigure(BootstrapSpec bootstrap) => _registration.Reconfigure(bootstrap);

    /// <inheritdoc/>
    public void Vouch(bool? serves) => _registration.Vouch(serves);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync().ConfigureAwait(false);
        _agents.Dispose();
    }
}
