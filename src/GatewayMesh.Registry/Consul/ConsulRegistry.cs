using System.Runtime.CompilerServices;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Certificates;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul;

/// <summary>
/// Consul as a registry. Watches health, entries and KV; registers this node's services and its record at the host's agent.
/// </summary>
internal sealed class ConsulRegistry : IRegistry
{
    private readonly ConsulAgents _agents;
    private readonly ConsulRegistration _registration;
    private readonly ParsingThread _thread = new("consul reading");
    private readonly WatchTimes _times;
    private readonly TimeProvider _time;
    private volatile BootstrapSpec _bootstrap;
    private volatile ConsulReading? _reading;
    private long? _heardBefore;
    private volatile ConsulCertificates? _certificates;

    /// <summary>Creates the registry without connecting.</summary>
    public ConsulRegistry(BootstrapSpec bootstrap, TimeProvider time)
        : this(bootstrap, new WatchTimes(), time)
    {
    }

    /// <summary>Creates the registry with other times.</summary>
    internal ConsulRegistry(BootstrapSpec bootstrap, WatchTimes times, TimeProvider time)
    {
        (_bootstrap, _times, _time) = (bootstrap, times, time);
        _agents = new ConsulAgents(ConsulAccess.Of(bootstrap.Registry!), time);
        _registration = new ConsulRegistration(_agents, bootstrap, time);
    }

    /// <inheritdoc/>
    public string Name => $"consul://{string.Join(',', _agents.All.Select(agent => agent.Name))}";

    /// <inheritdoc/>
    public long? HeardAt => _reading?.HeardAt ?? _heardBefore;

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryReport> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reading = new ConsulReading(Name, _agents, _thread, _bootstrap, _times, _time, NewRandom());
        await using (reading.ConfigureAwait(false))
        {
            (_heardBefore, _reading) = (HeardAt, reading);
            await foreach (var report in reading.ReportsAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return report;
            }
        }
    }

    /// <inheritdoc/>
    public Task RunCertificatesAsync(CertificateFolder folder, CertificateTroubles troubles, CancellationToken cancellationToken)
    {
        var certificates = new ConsulCertificates(folder, troubles, new WatchContext(_agents, _thread, _times, _time, NewRandom()));
        _certificates = certificates;
        certificates.Follow(_bootstrap.Identities);
        return certificates.RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Want(string service) => _reading?.Services.Want(service);

    /// <inheritdoc/>
    public void Use(IReadOnlyCollection<string> services) => _reading?.Services.Use(services);

    /// <inheritdoc/>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellationToken) =>
        _registration.PublishAsync(record, cancellationToken);

    /// <inheritdoc/>
    public NodeRecord? Displaced => _registration.Displaced;

    /// <inheritdoc/>
    public Task WithdrawAsync(string node, CancellationToken cancellationToken) => _registration.WithdrawAsync(cancellationToken);

    /// <inheritdoc/>
    public void Reconfigure(BootstrapSpec bootstrap)
    {
        _bootstrap = bootstrap;
        _registration.Reconfigure(bootstrap);
        _reading?.Services.Declare(ConsulReading.Upstreams(bootstrap));
        _certificates?.Follow(bootstrap.Identities);
    }

    /// <inheritdoc/>
    public void Vouch(bool? serves) => _registration.Vouch(serves);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync().ConfigureAwait(false);
        _agents.Dispose();
        _thread.Dispose();
    }

    private Random NewRandom() => new(Environment.ProcessId ^ _bootstrap.Node.GetHashCode(StringComparison.Ordinal));
}
