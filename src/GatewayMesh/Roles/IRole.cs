using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Roles;

/// <summary>
/// A role of a process: what the role adds to the parts that all roles share. <see cref="RoleTable"/> lists the roles; no other code
/// decides by role.
/// </summary>
internal interface IRole
{
    /// <summary>The role's value in a bootstrap.</summary>
    MeshRole Kind { get; }

    /// <summary>The tier whose traffic the process carries while it serves.</summary>
    MeshTier Tier { get; }

    /// <summary>True if a guard owns the listeners and runs the data plane as its worker. Default: false, one process.</summary>
    bool IsGuarded(BootstrapSpec bootstrap) => false;

    /// <summary>Listeners of the process, except admin and probe.</summary>
    ImmutableArray<ListenerSpec> Listeners(BootstrapSpec bootstrap);

    /// <summary>Errors of the files that the role needs before it starts. Default: none.</summary>
    ImmutableArray<ConfigError> FileErrors(BootstrapSpec bootstrap) => [];

    /// <summary>Applies the role's part of a reloaded bootstrap to the data plane. Default: nothing.</summary>
    void Reconfigure(DataPlane plane, BootstrapSpec bootstrap)
    {
    }

    /// <summary>Adds the role's part to the node's record in the registry. Default: nothing.</summary>
    /// <param name="record">The record.</param>
    /// <param name="bootstrap">The node's bootstrap.</param>
    /// <param name="isReady">True for a local service whose application is ready.</param>
    NodeRecord Publish(NodeRecord record, BootstrapSpec bootstrap, Func<LocalServiceSpec, bool> isReady) => record;

    /// <summary>Adds the role's part to <c>/status</c>. Default: nothing.</summary>
    NodeStatus Show(NodeStatus status, MeshNode node) => status;
}
