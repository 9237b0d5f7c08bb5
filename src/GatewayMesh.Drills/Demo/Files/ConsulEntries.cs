namespace GatewayMesh.Drills.Demo.Files;

/// <summary>The entries shared by all demo nodes, in the format of <c>consul config write</c>.</summary>
internal static class ConsulEntries
{
    /// <summary>The entries by their path in the demo's folder, in write order.</summary>
    public static IEnumerable<(string Path, string Text)> Of(DemoPlan plan) =>
    [
        .. DemoPlan.Services.Select(
            service => (
                $"entries/{service}.json", $$"""{ "Kind": "service-defaults", "Name": "{{service}}", "Protocol": "http" }""" + "\n")),
        ("entries/ingress.json", Ingress(plan)),
    ];

    private static string Ingress(DemoPlan plan) =>
        $$"""
        {
          "Kind": "ingress-gateway",
          "Name": "gatewaymesh-ingress",
          "Listeners": [
            { "Port": {{plan.PublicPort}}, "Protocol": "http", "Services": [ { "Name": "web", "Hosts": ["web.demo", "*"] } ] }
          ]
        }

        """;
}
