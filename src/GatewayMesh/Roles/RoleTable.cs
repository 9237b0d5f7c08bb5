using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Roles;

/// <summary>The roles. A new role is a type in this folder and a row here.</summary>
internal static class RoleTable
{
    /// <summary>All roles.</summary>
    public static ImmutableArray<IRole> All { get; } = [new SidecarRole(), new GatewayRole(), new IngressRole()];

    /// <summary>The role of <paramref name="bootstrap"/>.</summary>
    public static IRole Of(BootstrapSpec bootstrap) => All.Single(role => role.Kind == bootstrap.Role);
}
