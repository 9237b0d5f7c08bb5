using System.Globalization;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Admin.Views;

/// <summary>Route of a described request at a public listener.</summary>
/// <param name="Service">Service of the host.</param>
/// <param name="Paths">Handling of paths with several spellings.</param>
/// <param name="Edits">Changes to header fields; null for none.</param>
internal sealed record PublicRoute(string Service, PathSpelling Paths, FieldEdits? Edits)
{
    /// <summary>
    /// Returns the route of a public host: at the listener of its port, otherwise at the first one that exposes the host. Null if there is
    /// none, or this node is no ingress: the host is then the name of a service.
    /// </summary>
    public static PublicRoute? Of(IngressSpec? ingress, MeshSnapshot snapshot, string authority)
    {
        var host = HostNames.WithoutPort(authority);
        PublicRoute? first = null;
        foreach (var listener in ingress?.Listeners ?? [])
        {
            if (snapshot.Ingress.TryGetValue((ingress!.Service, listener.Port), out var model) && model.Find(host) is { } service)
            {
                var route = new PublicRoute(service, listener.Paths, model.Edits.GetValueOrDefault(service));
                if (authority.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{listener.Port}"), StringComparison.Ordinal))
                {
                    return route;
                }

                first ??= route;
            }
        }

        return first;
    }

    /// <summary>
    /// Reads a path as the listener does. Returns false if the listener refuses it; <paramref name="path"/> is then the received one.
    /// </summary>
    public static bool TryRead(PublicRoute? route, string received, out string path)
    {
        path = received;
        if (route is null or { Paths: PathSpelling.Off })
        {
            return true;
        }

        var form = PublicPath.Read(received, out var normal);
        if (form == PathForm.Other && route.Paths == PathSpelling.Normalize)
        {
            path = normal;
            return true;
        }

        return form == PathForm.Normal;
    }
}
