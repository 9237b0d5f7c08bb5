using System.Text;

namespace GatewayMesh.Bench.Peers;

/// <summary>Entries of the registry of GatewayMesh.</summary>
internal static class MeshEntries
{
    /// <summary>Policies of a usual service.</summary>
    public const string Full = """
        kind: service-policy
        name: payments
        timeouts: { request: 15s, attempt: 10s, connect: 1s, idle: 5m }
        retries:
          on: [ not-forwarded, connect-failure, refused-stream, reset, gateway-error ]
          maxAttempts: 3
          budget: { ratio: 20%, minPerSecond: 10 }
        loadBalancing: { policy: peakEwma }
        ---
        kind: service-intentions
        name: payments
        sources:
          - { name: web, action: allow }
          - { name: "*", action: deny }

        """;

    /// <summary>Everything off that can be switched off, and no intentions.</summary>
    public const string Lean = """
        kind: service-policy
        name: payments
        timeouts: { request: 0s, attempt: 0s, idle: 0s }
        retries: { maxAttempts: 1 }
        loadBalancing: { policy: random }
        ejection:
          consecutiveFailures: 0
          consecutiveGatewayFailures: 0
          consecutive5xx: 0
          successRate: { enabled: false }

        """;

    private const int Services = 10_000;
    private const int InstancesOfService = 10;
    private const int ServicesOfFile = 100;

    /// <summary>Files with 10,000 other services of ten instances each.</summary>
    public static IEnumerable<(string Name, string Content)> Others()
    {
        for (var first = 0; first < Services; first += ServicesOfFile)
        {
            var text = new StringBuilder();
            for (var service = first; service < first + ServicesOfFile; service++)
            {
                text.Append($"---\nkind: service\nname: service-{service}\ninstances:\n");
                for (var instance = 0; instance < InstancesOfService; instance++)
                {
                    text.Append($"  - {{ id: service-{service}-{instance}, address: 10.{service >> 8}.{service & 255}.{instance + 1}, port: 9000 }}\n");
                }
            }

            yield return ($"services-{first}.yaml", text.ToString());
        }
    }
}
