using System.Globalization;
using GatewayMesh.Fixtures.Kubernetes;

namespace GatewayMesh.Bench.Cluster;

/// <summary>A cluster of many Services with one slice each.</summary>
internal static class LargeCluster
{
    private const int OfNamespace = 50;

    /// <summary>Fills a stub.</summary>
    public static void Fill(ApiServer server, int services, int endpoints)
    {
        for (var i = 0; i < services; i++)
        {
            _ = server.Store.Seed("services", string.Create(CultureInfo.InvariantCulture,
                $$$"""
                {"metadata":{"name":"service-{{{i}}}","namespace":"{{{Namespace(i)}}}","labels":{"app":"service-{{{i}}}"}},
                 "spec":{"clusterIP":"10.{{{96 + (i >> 16)}}}.{{{(i >> 8) & 255}}}.{{{i & 255}}}","clusterIPs":["10.{{{96 + (i >> 16)}}}.{{{(i >> 8) & 255}}}.{{{i & 255}}}"],
                  "type":"ClusterIP","selector":{"app":"service-{{{i}}}"},"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080}]}}
                """));
            Change(server, i, endpoints, round: 0);
        }
    }

    /// <summary>Writes the slice of a Service. Its first pod is ready in round 0 only.</summary>
    public static void Change(ApiServer server, int service, int endpoints, int round) =>
        server.Store.Seed("endpointslices", string.Create(CultureInfo.InvariantCulture,
            $$$"""
            {"metadata":{"name":"service-{{{service}}}-x","namespace":"{{{Namespace(service)}}}","labels":{"kubernetes.io/service-name":"service-{{{service}}}"}},
             "addressType":"IPv4","ports":[{"name":"http","protocol":"TCP","port":8080}],
             "endpoints":[{{{string.Join(',', Enumerable.Range(0, endpoints).Select(pod => Endpoint(service, pod, round)))}}}]}
            """));

    private static string Namespace(int service) => string.Create(CultureInfo.InvariantCulture, $"team-{service / OfNamespace}");

    private static string Endpoint(int service, int pod, int round) => string.Create(CultureInfo.InvariantCulture,
        $$$"""
        {"addresses":["10.{{{128 + (pod & 31)}}}.{{{service >> 8}}}.{{{service & 255}}}"],"conditions":{"ready":{{{(pod > 0 || round == 0 ? "true" : "false")}}},"serving":true,"terminating":false},
         "targetRef":{"kind":"Pod","namespace":"{{{Namespace(service)}}}","name":"service-{{{service}}}-{{{pod}}}","uid":"00000000-0000-4000-8000-{{{(service * 64) + pod:x12}}}"},
         "nodeName":"node-{{{pod}}}","zone":"zone-{{{pod % 3}}}"}
        """);
}
