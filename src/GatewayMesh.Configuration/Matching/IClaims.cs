namespace GatewayMesh.Configuration.Matching;

/// <summary>Claims of a verified token (RFC 7519 §4).</summary>
public interface IClaims
{
    /// <summary>
    /// Returns the value of a claim as text; null if the token has none or the claim is an object. A name with dots that is no claim is a
    /// path, such as <c>realm_access.roles</c>.
    /// </summary>
    string? Find(string name);

    /// <summary>True if the claim at <paramref name="path"/> has <paramref name="value"/>, alone or in a list.</summary>
    bool Has(ReadOnlySpan<string> path, string value);
}
