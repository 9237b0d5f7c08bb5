using System.Buffers;
using System.Globalization;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>Compiled redirect of a route: the mesh answers in place of an instance.</summary>
/// <param name="redirect">Declared redirect.</param>
/// <param name="path">Rewrite of the path; null to keep it.</param>
internal sealed class RedirectTarget(RequestRedirect redirect, PathRewrite? path)
{
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._[]:");

    /// <summary>Returns the answer; null if the host of the request cannot be part of a URL.</summary>
    /// <param name="own">Scheme of the request.</param>
    /// <param name="host">Host of the request, with its port if any.</param>
    /// <param name="pathAndQuery">Path and query of the request.</param>
    public LocalAnswer? Of(string own, string host, string pathAndQuery)
    {
        var name = HostNames.WithoutPort(host);
        var authority = redirect.Hostname is { } hostname ? hostname : name.ToString();
        if (authority.Length == 0 || authority.AsSpan().ContainsAnyExcept(HostCharacters))
        {
            return null;
        }

        var scheme = redirect.Scheme ?? own;
        var port = redirect.Port?.ToString(CultureInfo.InvariantCulture)
            ?? (redirect.Scheme is null && host.Length > name.Length ? host[(name.Length + 1)..] : "");
        var isDefault = port.Length == 0 || (scheme, port) is ("http", "80") or ("https", "443");
        var location = $"{scheme}://{authority}{(isDefault ? "" : ":")}{(isDefault ? "" : port)}{path?.Apply(pathAndQuery) ?? pathAndQuery}";
        return port.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? null
            : new LocalAnswer(redirect.StatusCode, [new Field("Location", location)], default);
    }
}
