namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>An evaluated rule of a router.</summary>
/// <param name="Router">Name of the router, or of the route that declares the rule.</param>
/// <param name="Index">Index of the rule there, from 0.</param>
/// <param name="Asks">Conditions of the rule, as text.</param>
/// <param name="WhyNot">First condition that the request does not meet; null if the rule matches.</param>
public sealed record RuleReport(string Router, int Index, string Asks, string? WhyNot);
