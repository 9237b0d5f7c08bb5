using System.Text.Json;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Admin.Views;

/// <summary>
/// <c>/explain?method=…&amp;url=…[&amp;header=NAME:VALUE…][&amp;from=SERVICE]</c>: route, policy and endpoint of a request, with reasons.
/// </summary>
internal static class ExplainView
{
    internal static AdminResponse Answer(MeshNode node, AdminRequest request)
    {
        if (!RequestTarget.TryRead(request.QueryValue("url") ?? "", out var target) || target.Authority is not { } authority)
        {
            return AdminResponse.OfError(
                400, "usage", "use a URL with a host, for example /explain?method=GET&url=http://payments/charges");
        }

        var locals = node.Bootstrap.Sidecar?.Services ?? [];
        var from = request.QueryValue("from") ?? node.Bootstrap.Ingress?.Service ?? (locals.Length == 1 ? locals[0].Name : "");
        var asked = AskedRequest.Of(request, target.PathAndQuery);
        var snapshot = node.Plane.Snapshot;
        var report = node.Plane.Explain(
            NameOf(node, snapshot, authority), asked with { Headers = [.. asked.Headers, $"host:{authority}"] }, target.PathAndQuery);
        return AdminResponse.OfJson(200, json =>
        {
            json.WriteStartObject();
            json.WriteString("method", asked.Method);
            json.WriteString("host", authority);
            json.WriteString("path", target.PathAndQuery);
            json.WriteString("from", from);
            json.WriteString("revision", snapshot.Revision);
            json.WriteString("service", report.Asked);
            json.WriteBoolean("known", report.Target is not null);
            json.WriteString("reason", report.Error == MeshErrorKind.None ? "" : ErrorTable.Of(report.Error).Reason);
            RouteView.Write(json, node, report);
            if (report.Target is { } end)
            {
                WriteGateways(
                    json,
                    snapshot,
                    locals.FirstOrDefault(local => local.Name == from)?.GatewayGroup ?? "default",
                    node.Bootstrap.GatewayShare);
                WritePolicy(json, report.Policy);
                WriteBudget(json, node.Plane.Attempts(end.Service, report.Policy));
                WriteLimits(json, node, end.Service);
                if (from.Length > 0)
                {
                    json.WriteStartObject("intention");
                    IntentionView.WriteDecision(
                        json,
                        node,
                        from,
                        end.Service,
                        asked with { Target = report.Rewritten ?? asked.Target, Headers = [.. asked.Headers, $"host:{authority}"] });
                    json.WriteEndObject();
                }
            }

            json.WriteEndObject();
        });
    }

    // At the edge, hosts are public names; everywhere else they are service names.
    private static string NameOf(MeshNode node, MeshSnapshot snapshot, string authority)
    {
        var host = HostNames.WithoutPort(authority);
        foreach (var (key, model) in snapshot.Ingress)
        {
            if (node.Bootstrap.Ingress is { } ingress && key.Ingress == ingress.Service && model.Find(host) is { } service)
            {
                return service;
            }
        }

        return HostNames.ServiceOf(authority);
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

    private static void WriteLimits(Utf8JsonWriter json, MeshNode node, string service)
    {
        if (node.Plane.Limits().FirstOrDefault(view => view.Service.Equals(service, StringComparison.OrdinalIgnoreCase)) is not { } limits)
        {
            return;
        }

        json.WriteStartObject("limits");
        json.WriteNumber("requests", limits.Requests);
        json.WriteNumber("maxRequests", limits.Model.MaxConcurrentRequests);
        json.WriteNumber("connections", limits.Connections);
        json.WriteNumber("pending", limits.Pending);
        json.WriteNumber("maxPending", limits.Model.MaxPendingRequests);
        json.WriteNumber("retries", limits.Retries);
        json.WritePropertyName("maxRetries");
        if (limits.Model.MaxConcurrentRetries is { } retries)
        {
            json.WriteNumberValue(retries);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("breaker", limits.Breaker?.ToString().ToLowerInvariant());
        json.WriteNumber("breakerOpenForSeconds", Math.Round(limits.OpenFor.TotalSeconds, 1));
        json.WriteNumber("breakerAttempts", limits.Attempts);
        json.WriteNumber("breakerFailures", limits.Failures);
        if (limits.Concurrency is { } concurrency)
        {
            json.WriteNumber("concurrencyLimit", concurrency);
            json.WriteNumber("work", limits.Work);
        }

        json.WriteEndObject();
    }

    private static void WriteBudget(Utf8JsonWriter json, AttemptsView attempts)
    {
        json.WriteStartObject("retryBudget");
        json.WriteNumber("left", attempts.Service.Left);
        json.WriteNumber("allowed", attempts.Service.Allowed);
        json.WriteNumber("processLeft", attempts.Process.Left);
        json.WriteNumber("processAllowed", attempts.Process.Allowed);
        json.WritePropertyName("hedgeAfterMs");
        if (attempts.HedgeAfter is { } hedge)
        {
            json.WriteNumberValue(Math.Round(hedge.TotalMilliseconds, 1));
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private static void WritePolicy(Utf8JsonWriter json, PolicyModel policy)
    {
        json.WriteStartObject("policy");
        json.WriteNumber("requestTimeoutMs", policy.Timeouts.Request.TotalMilliseconds);
        json.WriteNumber("connectTimeoutMs", policy.Timeouts.Connect.TotalMilliseconds);
        json.WriteNumber("maxAttempts", policy.Retries.MaxAttempts);
        json.WriteNumber("ejectAfter", policy.Ejection.ConsecutiveFailures);
        json.WriteNumber("ejectForMs", policy.Ejection.Time.TotalMilliseconds);
        json.WritePropertyName("all");
        json.WriteRawValue(policy.Text);
        json.WriteEndObject();
    }
}
