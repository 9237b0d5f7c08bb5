using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Entries.MeshRouting;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>
/// Translates the routes that are attached to Services (Gateway API, GAMMA) into rules by service and namespace of the caller. Pure: equal
/// objects in any order give equal results. One bad route never affects another.
/// <code>
/// route ─► its rules, each good or refused      (HttpRouteReader, GrpcRouteReader)
///       ─► at each parent: ports of a Service   (RouteAttachment)
///       ─► at each port: the callers' group     (producer: all, consumer: the route's namespace)
///       ─► in each group: one kind, one list, ordered by RuleRank
/// </code>
/// </summary>
public static class MeshRoutes
{
    /// <summary>Translates <paramref name="objects"/>.</summary>
    public static RouteTranslation Translate(RouteObjects objects)
    {
        ArgumentNullException.ThrowIfNull(objects);
        var services = new ServiceDirectory(objects.Services);
        var backends = new BackendResolver(services);
        var attachments = objects.HttpRoutes.Select(route => HttpRouteReader.Read(route, backends))
            .Concat(objects.GrpcRoutes.Select(route => GrpcRouteReader.Read(route, backends)))
            .OrderBy(source => source.Kind)
            .ThenBy(source => source.Metadata.Key.ToString(), StringComparer.Ordinal)
            .SelectMany(
                source => source.Parents.Where(parent => ServiceDirectory.IsService(parent.Group, parent.Kind))
                    .Select(parent => RouteAttachment.Of(source, parent, services)))
            .ToList();
        var lists = ImmutableArray.CreateBuilder<MeshRouteList>();
        var winners = new HashSet<RouteAttachment>(ReferenceEqualityComparer.Instance);
        var groups = attachments.SelectMany(each => each.Ports.Select(port => (Attachment: each, Port: port)))
            .GroupBy(each => (Name: each.Attachment.Service!.NameOf(each.Port), Callers: each.Attachment.CallerNamespace));
        foreach (var group in groups.OrderBy(group => group.Key))
        {
            var kept = OfOneKind([.. group]);
            winners.UnionWith(kept.Select(each => each.Attachment));
            if (ListOf(group.Key.Name, group.Key.Callers, kept) is { } list)
            {
                lists.Add(list);
            }
        }

        return new RouteTranslation(
            new MeshRouteSet { Namespace = objects.Namespace, Lists = lists.ToImmutable() },
            [.. attachments.Select(each => ResultOf(each, winners.Contains(each)))]);
    }

    // Only the most specific kind of which a route is accepted holds at a port; without any, the refused rules of all.
    private static ImmutableArray<(RouteAttachment Attachment, MeshServicePort Port)> OfOneKind(
        ImmutableArray<(RouteAttachment Attachment, MeshServicePort Port)> group)
    {
        var accepted = group.Where(each => each.Attachment.IsAccepted).Select(each => each.Attachment.Source.Kind).ToList();
        var kind = accepted.Count > 0 ? accepted.Min() : group.Min(each => each.Attachment.Source.Kind);
        return [.. group.Where(each => each.Attachment.Source.Kind == kind)];
    }

    // A refused rule keeps its requests, which get an error. A route without any good rule counts as absent: its other requests go on as
    // without a route.
    private static MeshRouteList? ListOf(
        string service, string callers, ImmutableArray<(RouteAttachment Attachment, MeshServicePort Port)> group)
    {
        var rules = group.DistinctBy(each => each.Attachment.Source)
            .SelectMany(
                each => each.Attachment.Source.Rules.SelectMany(
                    rule => rule.Matches.Select(
                        match => (match.Rank, Rule: At(rule.Rule, each.Port) with { Match = match.Match }))))
            .OrderBy(rule => rule.Rank)
            .Select(rule => rule.Rule)
            .ToImmutableArray();
        var isAbsent = !group.Any(each => each.Attachment.IsAccepted);
        return isAbsent && rules.IsEmpty
            ? null
            : new MeshRouteList(service) { CallerNamespace = callers, FallsThrough = isAbsent, Rules = rules };
    }

    // A redirect without a port and without a scheme keeps the port, which here is that of the Service.
    private static MeshRouteRule At(MeshRouteRule rule, MeshServicePort port) =>
        rule.RequestRedirect is { Port: null, Scheme: null } redirect
            ? rule with { RequestRedirect = redirect with { Port = port.Number } }
            : rule;

    private static RouteParentResult ResultOf(RouteAttachment attachment, bool wins)
    {
        var source = attachment.Source;
        var problem = attachment.Problem
            ?? source.Problem
            ?? (wins ? null : new RouteProblem(RouteProblem.Conflicted, "a GRPCRoute holds at the same ports of the Service"));
        var conditions = ImmutableArray.CreateBuilder<RouteCondition>();
        conditions.Add(Condition(RouteCondition.Accepted, problem, source));
        conditions.Add(
            Condition(
                RouteCondition.ResolvedRefs,
                source.References is [var first, ..]
                    ? first with { Message = string.Join("; ", source.References.Select(reference => reference.Message).Distinct()) }
                    : null,
                source));
        var refused = source.Rules.Where(rule => rule.Problem is not null).ToList();
        if (problem is null && refused is [var worst, ..])
        {
            conditions.Add(
                new RouteCondition(
                    RouteCondition.PartiallyInvalid,
                    IsTrue: true,
                    worst.Problem!.Reason,
                    $"Dropped Rule {string.Join("; ", refused.Select(Text))}; requests that match it get an error",
                    source.Metadata.Generation));
        }

        return new RouteParentResult(source.Kind, source.Metadata.Key, attachment.Parent, conditions.ToImmutable());
    }

    private static string Text(SourceRule rule) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule.Rule.Index}: {rule.Problem!.Message}");

    private static RouteCondition Condition(string type, RouteProblem? problem, RouteSource source) =>
        new(type, problem is null, problem?.Reason ?? type, problem?.Message ?? "", source.Metadata.Generation);
}
