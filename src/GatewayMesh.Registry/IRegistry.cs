using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>Where configuration and endpoints come from and where a node says what it is. Several kinds, one interface.</summary>
public interface IRegistry : IAsyncDisposable
{
    /// <summary>What it is, for people: <c>file:/etc/gatewaymesh/registry</c>.</summary>
    string Name { get; }

    /// <summary>
    /// When the registry last answered, by the monotonic clock of the process (<see cref="TimeProvider.GetTimestamp"/>); null: not since the start.
    /// Default: null.
    /// </summary>
    long? HeardAt => null;

    /// <summary>
    /// Reports the whole of what the registry knows, at once and then at every change. Never ends by itself and never throws for
    /// what is wrong with the registry: that stands in the report's errors. One watch at a time.
    /// </summary>
    IAsyncEnumerable<RegistryReport> WatchAsync(CancellationToken cancellationToken);

    /// <summary>A request asks for a service whose instances nobody looks at (<c>IsDormant</c>): look at them now. Quick. Default: all are always looked at.</summary>
    void Want(string service)
    {
    }

    /// <summary>These services were used since the last call, every few seconds: go on looking at them. Quick. Default: all are always looked at.</summary>
    void Use(IReadOnlyCollection<string> services)
    {
    }

    /// <summary>Says what this node is; called every 2 s, since a node that is silent is taken for gone.</summary>
    /// <exception cref="IOException">The registry cannot be written to. The same call may work later.</exception>
    Task PublishAsync(NodeRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// The record of another node of this name that the last <see cref="PublishAsync"/> found where this node's own last record should stand, and replaced. Null
    /// if there was none, or if this node had no record there. Default: null.
    /// </summary>
    NodeRecord? Displaced => null;

    /// <summary>Takes this node out: its instances are gone for the others, not merely unhealthy.</summary>
    /// <exception cref="IOException">The registry cannot be written to. The same call may work later.</exception>
    Task WithdrawAsync(string node, CancellationToken cancellationToken);

    /// <summary>Takes what this node declares from now on: its bootstrap was read again. Default: it makes no difference.</summary>
    void Reconfigure(BootstrapSpec bootstrap)
    {
    }

    /// <summary>
    /// Whether this process serves, which the registry is told at once and again and again. Null: somebody else says so, as a guard does for
    /// its worker, since it sees more. Default: it makes no difference, who publishes serves.
    /// </summary>
    void Vouch(bool? serves)
    {
    }

    /// <summary>
    /// Keeps <paramref name="folder"/> filled with roots and a leaf for each identity of this node, renewed ahead of time, until cancelled. Never throws for
    /// what is wrong with the registry: that is said to <paramref name="troubles"/>, and what is in the folder stays. Default: somebody else
    /// fills the folder.
    /// </summary>
    Task RunCertificatesAsync(CertificateFolder folder, CertificateTroubles troubles, CancellationToken cancellationToken) => Task.CompletedTask;
}
