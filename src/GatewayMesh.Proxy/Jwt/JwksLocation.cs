using GatewayMesh.Configuration.Policies.Jwt;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Location of a key set. The keys stay while the location stays: refresh and timeout may change.</summary>
internal readonly record struct JwksLocation(string File, string Url, string Inline)
{
    /// <summary>Returns the location of <paramref name="model"/>.</summary>
    public static JwksLocation Of(JwksModel model) => new(model.File, model.Url, model.Inline);
}
