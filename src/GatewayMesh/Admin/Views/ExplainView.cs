using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Naming;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Reports;

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
        var snapshot = node.Plane.Inspection.Snapshot;
        var edge = PublicRoute.Of(node.Bootstrap.Ingress, snapshot, authority);
        var isRefused = !PublicRoute.TryRead(edge, target.PathAndQuery, out var path);
        var asked = AskedRequest.Of(request, path).Described(node.Bootstrap, authority);
        var named = edge is null ? NameOf(snapshot, authority, from) : new NamedService(edge.Service);
        var report = node.Plane.Inspection.Explain(named.Service, asked, edge?.Edits, named.Instance);
        report = isRefused ? report with { Error = MeshErrorKind.RequestMalformed } : report;
        var callee = report.Target is { } called ? asked.AtCallee(report.Policy, snapshot, called.Service) : asked;
        Func<string, CheckedIntention>? decide = from.Length == 0 ? null : service => IntentionView.Decide(node, from, service, callee);
        var document = new ExplainDocument
        {
            Method = asked.Method,
            Host = authority,
            Path = path,
            From = from,
            Revision = snapshot.Revision,
            Service = report.Asked,
            Known = report.Target is not null || report.Cause is not null,
            Reason = report.Error == MeshErrorKind.None ? "" : ErrorTable.Of(report.Error).Reason,
            Route = RouteView.Of(report),
            Targets = RouteView.Targets(report, decide),
        };
        if (report.Target is { } end)
        {
            AddTarget(document, node, end);
            AddGateways(document, snapshot, locals.FirstOrDefault(local => local.Name == from)?.GatewayGroup ?? "default");
            document.GatewayShare = node.Bootstrap.GatewayShare;
            document.Policy = Policy(report.Policy);
            document.RetryBudget = Budget(node.Plane.Inspection.Attempts(end.Service, report.Policy));
            document.Limits = Limits(node, end.Service);
            document.Mirror = Mirror(report.Policy.Mirror);
            document.Flags = FlagView.Explain(report.Flags);
            document.Faults = FaultView.Explain(node.Bootstrap.AllowFaults, report.Policy.Faults, from, asked);
            document.RateLimits = RateLimits(node, end.Service, report.Policy);
            document.Intention = decide?.Invoke(end.Service);
        }

        return AdminResponse.OfDocument(200, document, AdminJson.Default.ExplainDocument);
    }

    // A question names no listener, so that every port counts as stated.
    private static NamedService NameOf(MeshSnapshot snapshot, string authority, string from) =>
        snapshot.ServiceNames is not { } names ? new NamedService(HostNames.ServiceOf(authority))
        : names.TryFind(authority, ServiceNames.NamespaceOf(from), entry: 0, out var named) ? named
        : new NamedService(HostNames.Lower(authority));

    private static void AddTarget(ExplainDocument document, MeshNode node, TargetReport target)
    {
        var refused = node.Plane.Inspection.Snapshot.Refused
            .Where(record => record.Service.Equals(target.Service, StringComparison.OrdinalIgnoreCase))
            .ToList();
        document.Destination = target.Service;
        document.Target = target.Id;
        document.Protocol = target.Protocol;
        document.RefusedTotal = refused.Count;
        document.Refused = RefusedRecords.First(refused);
        document.Instances = RouteView.Instances(node, target);
    }

    private static void AddGateways(ExplainDocument document, MeshSnapshot snapshot, string group)
    {
        document.GatewayGroup = group;
        document.Gateways =
        [
            .. snapshot.Gateways.Where(gateway => gateway.Group == group).Select(
                gateway => new ExplainedGateway
                {
                    Node = gateway.Node,
                    Address = gateway.Mesh.ToString(),
                    Healthy = gateway.Healthy,
                }),
        ];
    }

    private static ExplainedLimits? Limits(MeshNode node, string service) =>
        node.Plane.Inspection.Limits().FirstOrDefault(
            view => view.Service.Equals(service, StringComparison.OrdinalIgnoreCase)) is not { } limits
            ? null
            : new ExplainedLimits
            {
                Requests = limits.Requests,
                MaxRequests = limits.Model.MaxConcurrentRequests,
                Connections = limits.Connections,
                Pending = limits.Pending,
                MaxPending = limits.Model.MaxPendingRequests,
                Retries = limits.Retries,
                MaxRetries = limits.Model.MaxConcurrentRetries,
                Breaker = limits.Breaker?.ToString().ToLowerInvariant(),
                BreakerOpenForSeconds = Math.Round(limits.OpenFor.TotalSeconds, 1),
                BreakerAttempts = limits.Attempts,
                BreakerFailures = limits.Failures,
                ConcurrencyLimit = limits.Concurrency,
                Work = limits.Concurrency is null ? null : limits.Work,
            };

    private static ImmutableArray<ExplainedRateLimit>? RateLimits(MeshNode node, string service, PolicyModel policy) =>
        policy.RateLimits.IsEmpty
            ? null
            :
            [
                .. node.Plane.Inspection.RateLimits(service).Select(
                    view => new ExplainedRateLimit
                    {
                        Name = view.Model.Name,
                        By = [.. view.Model.By.Select(key => key.ToString())],
                        Rate = view.Model.Rate,
                        Burst = view.Model.Burst,
                        Scope = view.Model.Scope.ToString().ToLowerInvariant(),
                        Mode = view.Model.Mode.ToString().ToLowerInvariant(),
                        Buckets = view.Buckets,
                    }),
            ];

    private static ExplainedMirror? Mirror(MirrorModel mirror) => !mirror.IsOn
        ? null
        : new ExplainedMirror
        {
            Service = mirror.Service!,
            Subset = mirror.Subset,
            Share = mirror.Share,
            MaxBodySize = mirror.MaxBodySize,
            MaxConcurrent = mirror.MaxConcurrent,
        };

    private static ExplainedBudget Budget(AttemptsView attempts) => new()
    {
        Left = attempts.Service.Left,
        Allowed = attempts.Service.Allowed,
        ProcessLeft = attempts.Process.Left,
        ProcessAllowed = attempts.Process.Allowed,
        HedgeAfterMs = attempts.HedgeAfter is { } hedge ? Math.Round(hedge.TotalMilliseconds, 1) : null,
    };

    private static ExplainedPolicy Policy(PolicyModel policy) => new()
    {
        RequestTimeoutMs = policy.Timeouts.Request.TotalMilliseconds,
        ConnectTimeoutMs = policy.Timeouts.Connect.TotalMilliseconds,
        MaxAttempts = policy.Retries.MaxAttempts,
        EjectAfter = policy.Ejection.ConsecutiveFailures,
        EjectForMs = policy.Ejection.Time.TotalMilliseconds,
        All = policy.Text,
    };
}
