using System.Text.Json;
using GatewayMesh.Admin;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Roles;

/// <summary><c>/explain?method=…&amp;url=…[&amp;header=NAME:VALUE…][&amp;from=SERVICE]</c>: what would become of a request, and why.</summary>
internal static class ExplainView
{
    internal static AdminResponse Answer(MeshNode node, AdminRequest request)
    {
        if (!RequestTarget.TryRead(request.QueryValue("url") ?? "", out var target) || target.Authority is not { } authority)
        {
            return AdminResponse.OfError(400, "usage", "say a URL with a host, for example /explain?method=GET&url=http://payments/charges");
        }

        var locals = node.Bootstrap.Sidecar?.Services ?? [];
        var from = request.QueryValue("from") ?? (locals.Length == 1 ? locals[0].Name : "");
        var asked = AskedRequest.Of(request, target.PathAndQuery);
        var snapshot = node.Plane.Snapshot;
        var name = HostNames.ServiceOf(authority);
        return AdminResponse.OfJson(200, json =>
        {
            json.WriteStartObject();
            json.WriteString("method", asked.Method);
            json.WriteString("host", authority);
            json.WriteString("path", target.PathAndQuery);
            json.WriteString("from", from);
            json.WriteString("revision", snapshot.Revision);
            json.WriteString("service", name);
            if (!snapshot.Services.TryGetValue(name, out var service))
            {
                json.WriteBoolean("known", false);
                json.WriteEndObject();
                return;
            }

            json.WriteBoolean("known", true);
            json.WriteString("protocol", service.Protocol);
            WriteInstances(json, node, service);
            WriteGateways(json, snapshot, locals.FirstOrDefault(local => local.Name == from)?.GatewayGroup ?? "default", node.Bootstrap.GatewayShare);
            WritePolicy(json, service.Policy);
            if (from.Length > 0)
            {
                json.WriteStartObject("intention");
                IntentionView.WriteDecision(json, node, from, service.Name, asked with { Headers = [.. asked.Headers, $"host:{authority}"] });
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
    }

    private static void WriteInstances(Utf8JsonWriter json, MeshNode node, ServiceModel service)
    {
        var live = node.Plane.Endpoints().Where(view => view.Service.Equals(service.Name, StringComparison.OrdinalIgnoreCase)).ToLookup(view => (view.Id, view.Address));
        json.WriteStartArray("instances");
        foreach (var endpoint in service.Endpoints)
        {
            var view = live[(endpoint.Id, endpoint.Address)].FirstOrDefault();
            json.WriteStartObject();
            json.WriteString("id", endpoint.Id);
            json.WriteString("node", endpoint.Node);
            json.WriteString("address", endpoint.Address.ToString());
            json.WriteBoolean("healthy", endpoint.Healthy);
            json.WriteBoolean("ejected", view?.IsEjected ?? false);
            json.WriteNumber("ejectedForSeconds", Math.Round(view?.EjectedFor.TotalSeconds ?? 0, 1));
            json.WriteNumber("consecutiveFailures", view?.ConsecutiveFailures ?? 0);
            json.WriteNumber("inflight", view?.InFlight ?? 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGateways(Utf8JsonWriter json, MeshSnapshot snapshot, string group, double share)
    {
        json.WriteString("gatewayGroup", group);
        json.WriteNumber("gatewayShare", share);
        json.WriteStartArray("gateways");
        foreach (var gateway in snapshot.Gateways.Where(gateway => gateway.Group == group))
        {
            json.WriteStartObject();
            json.WriteString("node", gateway.Node);
            json.WriteString("address", gateway.Mesh.ToString());
            json.WriteBoolean("healthy", gateway.Healthy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePolicy(Utf8JsonWriter json, PolicyModel policy)
    {
        json.WriteStartObject("policy");
        json.WriteNumber("requestTimeoutMs", policy.Timeouts.Request.TotalMilliseconds);
        json.WriteNumber("connectTimeoutMs", policy.Timeouts.Connect.TotalMilliseconds);
        json.WriteNumber("maxAttempts", policy.Retries.MaxAttempts);
        json.WriteNumber("ejectAfter", policy.Ejection.ConsecutiveFailures);
        json.WriteNumber("ejectForMs", policy.Ejection.Time.TotalMilliseconds);
        json.WriteEndObject();
    }
}
