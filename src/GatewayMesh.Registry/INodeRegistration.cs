using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>Target of this node's own record.</summary>
public interface INodeRegistration : IRegistryPart
{
    /// <summary>
    /// The record of another node with this name that the last <see cref="PublishAsync"/> found in place of this node's own last record and
    /// replaced. Null if there was none, or if this node had no record there. Default: null.
    /// </summary>
    NodeRecord? Displaced => null;

    /// <summary>Publishes this node's record. Called every 2 s, because a silent node counts as gone.</summary>
    /// <exception cref="IOException">The registry is not writable. The same call may succeed later.</exception>
    Task PublishAsync(NodeRecord record, CancellationToken cancellationToken);

    /// <summary>Removes this node. Its instances are then gone for other nodes, not merely unhealthy.</summary>
    /// <exception cref="IOException">The registry is not writable. The same call may succeed later.</exception>
    Task WithdrawAsync(string node, CancellationToken cancellationToken);

    /// <summary>
    /// Sets this process's serving state, which is reported to the registry at once and repeatedly. Null: another process reports the
    /// state, as a guard does for its worker. Default: does nothing, because a node that publishes serves.
    /// </summary>
    void Vouch(bool? serves)
    {
    }
}
