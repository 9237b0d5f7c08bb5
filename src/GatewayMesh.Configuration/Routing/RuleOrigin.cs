namespace GatewayMesh.Configuration.Routing;

/// <summary>Place of a rule in the route that declares it, where the rules of several routes form one list.</summary>
/// <param name="Route">Kind, namespace, and name of the route, such as <c>HTTPRoute shop/api</c>.</param>
/// <param name="Index">Index of the rule in its route, from 0.</param>
public sealed record RuleOrigin(string Route, int Index)
{
    /// <summary><c>ROUTE[INDEX]</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Route}[{Index}]");
}
