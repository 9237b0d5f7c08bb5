using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>Source of configuration and endpoints, and the target of this node's own record. One interface for all kinds.</summary>
public interface IRegistry : IAsyncDisposable
{
    /// <summary>Display name, such as <c>file:/etc/gatewaymesh/registry</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Time of the registry's last answer by the process's monotonic clock (<see cref="TimeProvider.GetTimestamp"/>); null: none since the
    /// start. Default: null.
    /// </summary>
    long? HeardAt => null;

    /// <summary>
    /// Reports the registry's complete state, at once and after every change. Never ends by itself and never throws for errors of the
    /// registry, which are in the report. One watch at a time.
    /// </summary>
    IAsyncEnumerable<RegistryReport> WatchAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asks for a service whose instances are not read (<c>IsDormant</c>), because a request needs it now. Quick. Default: does nothing,
    /// because all services are always read.
    /// </summary>
    void Want(string service)
    {
    }

    /// <summary>
    /// Names the services used since the last call, every few seconds, so that they stay watched. Quick. Default: does nothing, because all
    /// services are always read.
    /// </summary>
    void Use(IReadOnlyCollection<string> services)
    {
    }

    /// <summary>Publishes this node's record. Called every 2 s, because a silent node counts as gone.</summary>
    /// <exception cref="IOException">The registry is not writable. The same call may succeed later.</exception>
    Task PublishAsync(NodeRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// The record of another node with this name that the last <see cref="PublishAsync"/> found in place of this node's own last record and
    /// replaced. Null if there was none, or if this node had no record there. Default: null.
    /// </summary>
    NodeRecord? Displaced => null;

    /// <summary>Removes this node. Its instances are then gone for other nodes, not merely unhealthy.</summary>
    /// <exception cref="IOException">The registry is not writable. The same call may succeed later.</exception>
    Task WithdrawAsync(string node, CancellationToken cancellationToken);

    /// <summary>Takes the reloaded bootstrap of this node. Default: does nothing.</summary>
    void Reconfigure(BootstrapSpec bootstrap)
    {
    }

    /// <summary>
    /// Sets this process's serving state, which is reported to the registry at once and repeatedly. Null: another process reports the
    /// state, as a guard does for its worker. Default: does nothing, because a node that publishes serves.
    /// </summary>
    void Vouch(bool? serves)
    {
    }

    /// <summary>
    /// Keeps <paramref name="folder"/> filled with roots and a leaf for each identity of this node, renewed ahead of time, until cancelled.
    /// Never throws for errors of the registry: these go to <paramref name="troubles"/>, and the folder keeps its content. Default: does
    /// nothing, because another source fills the folder.
    /// </summary>
    Task RunCertificatesAsync(
        CertificateFolder folder, CertificateTroubles troubles, CancellationToken cancellationToken) => Task.CompletedTask;
}
