using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Identity;
using GatewayMesh.Nodes;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Admin.Views;

/// <summary>Admin routes of a node: on its own listener when standalone, on the worker's Unix socket under a guard.</summary>
internal static class NodeAdmin
{
    /// <summary>The read-only routes.</summary>
    internal static Dictionary<(string Method, string Path), AdminHandler> Shown(MeshNode node) => new()
    {
        [("GET", "/-/live")] = _ => AdminResponse.OfText(200, "ok\n"),
        [("GET", "/-/ready")] = _ => node.Unfit is { } why ? AdminResponse.OfText(503, why + "\n") : AdminResponse.OfText(200, "ok\n"),
        [("GET", "/metrics")] = _ => Metrics(node),
        [("GET", "/status")] = _ => AdminResponse.OfJson(200, json =>
        {
            json.WriteStartObject();
            WriteFigures(json, node);
            json.WriteEndObject();
        }),
        [("GET", "/config")] = _ => AdminResponse.OfJson(200, json => ConfigView.Write(json, node)),
        [("GET", "/certs")] = _ =>
            AdminResponse.OfJson(
                200,
                json => WriteCertificates(
                    json,
                    node,
                    more => PublicCertificates.Write(more, "public", node.Plane.EdgeCertificates, node.Time.GetUtcNow()))),
        [("GET", "/endpoints")] = _ =>
            AdminResponse.OfJson(200, json => EndpointList.Write(json, node.Plane.Endpoints(), node.Plane.Snapshot.Refused)),
        [("GET", "/intentions/check")] = request => IntentionView.Check(node, request),
        [("GET", "/explain")] = request => ExplainView.Answer(node, request),
    };

    /// <summary>Writes the data plane's part of <c>/status</c>.</summary>
    internal static void WriteFigures(Utf8JsonWriter json, MeshNode node)
    {
        var figures = node.Plane.Figures;
        json.WriteString("cluster", node.Inspection.Cluster);
        json.WriteStartObject("worker");
        json.WriteString("revision", node.Configuration.Revision);
        json.WriteString("unfit", node.Unfit);
        json.WriteBoolean("accepting", node.Plane.IsAccepting);
        json.WriteNumber("connections", figures.Connections);
        json.WriteNumber("inflight", figures.InFlight);
        json.WriteNumber("requests", figures.Total);
        json.WriteNumber("rate", Math.Round(figures.Rate, 2));
        json.WriteEndObject();
        json.WriteStartObject("registry");
        json.WriteString("kind", node.Bootstrap.Registry!.Kind);
        json.WriteString("target", node.Bootstrap.Registry.Target);
        json.WriteBoolean("synced", node.Configuration.Synced);
        json.WriteBoolean("reached", node.Configuration.Reached ?? false);
        if (node.Configuration.RegistryAge is { } age)
        {
            json.WriteNumber("ageSeconds", Math.Round(age.TotalSeconds, 1));
        }

        json.WriteString("publishError", node.Publisher.Error?.ToString());
        json.WriteString("origin", node.Configuration.Origin.ToString().ToLowerInvariant());
        json.WriteString("revision", node.Configuration.Revision);
        json.WriteStartArray("errors");
        foreach (var error in node.Configuration.Errors)
        {
            json.WriteStringValue(error.ToString());
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("nameConflict", node.Inspection.NameConflict);
        json.WriteStartArray("nodes");
        foreach (var other in node.Configuration.Nodes)
        {
            WriteNode(json, other);
        }

        json.WriteEndArray();
        RefusedRecords.Write(json, node.Configuration.Current.Refused);
        TroubleList.Write(json, node.Inspection.Troubles);
        HiddenApplications.Write(json, node.Bootstrap, node.Configuration.Current);
        CleartextServices.Write(json, node.Configuration.Current);
        if (node.Inspection.CertificateReport is not null)
        {
            json.WritePropertyName("certificates");
            WriteCertificates(json, node);
        }

        if (node.Bootstrap.Role == MeshRole.Gateway)
        {
            GatewayFigures.Write(json, node);
        }
        else if (node.Bootstrap.Ingress is { } ingress)
        {
            IngressFigures.Write(json, ingress, node.Configuration.Current, node.Plane.EdgeCertificates, node.Time.GetUtcNow());
        }
    }

    private static void WriteNode(Utf8JsonWriter json, NodeLiveness status)
    {
        var record = status.Record;
        json.WriteStartObject();
        json.WriteString("node", record.Node);
        json.WriteString("role", record.Role.ToString().ToLowerInvariant());
        json.WriteString("version", record.Version);
        json.WriteString("revision", record.Revision);
        json.WriteBoolean("synced", record.Synced);
        json.WriteString("tier", record.Tier);
        json.WriteString("admin", record.Admin);
        json.WriteNumber("requestRate", Math.Round(record.RequestRate, 2));
        json.WriteBoolean("alive", status.Alive);
        if (status.Age is { } age)
        {
            json.WriteNumber("ageSeconds", Math.Round(age.TotalSeconds, 1));
        }

        json.WriteStartObject("pids");
        foreach (var (name, pid) in record.Pids)
        {
            json.WriteNumber(name, pid);
        }

        json.WriteEndObject();
        json.WriteStartArray("services");
        foreach (var service in record.Services)
        {
            WriteService(json, service);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteService(Utf8JsonWriter json, NodeService service)
    {
        json.WriteStartObject();
        json.WriteString("name", service.Name);
        json.WriteString("id", service.Id);
        json.WriteString("address", service.Address.ToString());
        json.WriteBoolean("healthy", service.Healthy);
        json.WriteEndObject();
    }

    private static void WriteCertificates(Utf8JsonWriter json, MeshNode node, Action<Utf8JsonWriter>? more = null)
    {
        if (node.Inspection.CertificateReport is { } report)
        {
            CertificateJson.Write(json, report, node.Time.GetUtcNow(), more);
        }
        else
        {
            CertificateJson.WritePlaintext(json, more);
        }
    }

    private static AdminResponse Metrics(MeshNode node)
    {
        var text = new ArrayBufferWriter<byte>();
        node.Plane.WriteMetrics(text);
        if (node.Inspection.CertificateReport is { } certificates)
        {
            text.Write(Encoding.UTF8.GetBytes(CertificateMetrics.Text(certificates, node.Time.GetUtcNow())));
        }

        return new AdminResponse(200, "text/plain; version=0.0.4; charset=utf-8", text.WrittenMemory);
    }
}
