namespace GatewayMesh.Commands.Demo.Files;

/// <summary>What all nodes of the demo share, as <c>consul config write</c> takes it.</summary>
internal static class ConsulEntries
{
    /// <summary>The entries by their path in the demo's folder, in the order in which they are written.</summary>
    public static IEnumerable<(string Path, string Text)> Of(DemoPlan plan) =>
    [
        .. DemoPlan.Services.Select(service => ($"entries/{service}.json", $$"""{ "Kind": "service-defaults", "Name": "{{service}}", "Protocol": "http" }""" + "\n")),
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
