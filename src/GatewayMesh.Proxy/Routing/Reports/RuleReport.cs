namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>A rule of a router that was looked at.</summary>
/// <param name="Router">Name of the router.</param>
/// <param name="Index">Which of its rules, from 0.</param>
/// <param name="Asks">What it asks, in words.</param>
/// <param name="WhyNot">The first of that which the request does not pass; null: it matches.</param>
public sealed record RuleReport(string Router, int Index, string Asks, string? WhyNot);
