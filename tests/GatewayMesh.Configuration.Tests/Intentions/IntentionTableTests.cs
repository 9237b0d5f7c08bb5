using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Tests.Intentions;

internal sealed class IntentionTableTests
{
    private static readonly AskedRequest Get = new("GET", "/");

    [TestCase("web", "payments", true, 9)]
    [TestCase("other", "payments", false, 8)]
    [TestCase("web", "ledger", false, 6)]
    [TestCase("other", "ledger", true, 5)]
    public void An_exact_destination_precedes_the_wildcard_and_then_an_exact_source_does(
        string source, string destination, bool allowed, int precedence)
    {
        var table = Table(
            ("*", From("*", IntentionAction.Allow)),
            ("*", From("web", IntentionAction.Deny)),
            ("payments", From("*", IntentionAction.Deny)),
            ("payments", From("web", IntentionAction.Allow)));

        var decision = table.Decide(source, destination, Get);

        Assert.That(
            (decision.Allowed, decision.Cause, decision.Rule!.Precedence), Is.EqualTo((allowed, IntentionCause.Intention, precedence)));
    }

    [TestCase("web", "payments", true)]
    [TestCase("WEB", "payments", false)]
    [TestCase("web", "PAYMENTS", true)]
    public void A_source_is_compared_exactly_as_in_the_certificate_and_a_destination_without_regard_to_case(
        string source, string destination, bool allowed) =>
        Assert.That(
            Table(("*", From("*", IntentionAction.Deny)), ("payments", From("web", IntentionAction.Allow)))
                .Decide(source, destination, Get)
                .Allowed,
            Is.EqualTo(allowed));

    [Test]
    public void A_denial_of_all_callers_of_a_service_beats_an_allowance_of_one_caller_for_all_services() =>
        Assert.That(
            Table(("*", From("web", IntentionAction.Allow)), ("payments", From("*", IntentionAction.Deny)))
                .Decide("web", "payments", Get)
                .Allowed,
            Is.False);

    [Test]
    public void Providers_of_a_service_include_those_of_the_intentions_for_all_services()
    {
        static ServiceIntentionsEntry Entry(string name, string provider) => new()
        {
            Name = name,
            Jwt = new JwtRequirement([new RequiredProvider(provider, [])]),
            Sources = [new IntentionSource("web") { Action = IntentionAction.Allow }],
        };
        var table = IntentionTable.Of(new DeclaredIntentions([Entry("payments", "okta"), Entry("*", "auth0")], IntentionAction.Deny));

        Assert.That(table.ProvidersOf("Payments"), Is.EqualTo(new[] { "okta", "auth0" }));
        Assert.That(table.ProvidersOf("ledger"), Is.EqualTo(new[] { "auth0" }));
    }

    [Test]
    public void Without_a_matching_intention_the_default_decides()
    {
        Assert.That(
            IntentionTable.Of(DeclaredIntentions.None).Decide("web", "payments", Get),
            Is.EqualTo(new IntentionDecision(true, IntentionCause.Default)));
        Assert.That(
            IntentionTable.Of(new DeclaredIntentions([], IntentionAction.Deny)).Decide("web", "payments", Get),
            Is.EqualTo(new IntentionDecision(false, IntentionCause.Default)));
        Assert.That(
            IntentionTable.Of(new DeclaredIntentions([], IntentionAction.Deny)).Decide("web", "payments", Get).Because,
            Is.EqualTo("the default policy (deny): no intention matches the two services"));
    }

    [Test]
    public void Unreadable_intentions_allow_nothing()
    {
        Assert.That(
            IntentionTable.Of(null).Decide("web", "payments", Get), Is.EqualTo(new IntentionDecision(false, IntentionCause.Unknown)));
        Assert.That(MeshSnapshot.Empty.Intentions.Decide("web", "payments", Get).Allowed, Is.False);
        Assert.That(SnapshotCompiler.Compile(EntrySet.Empty, []).Intentions.IsKnown, Is.False);
    }

    [TestCase("GET", "/v1/charges", "", true, 1)]
    [TestCase("POST", "/v1/charges", "", false, 2)]
    [TestCase("GET", "/v1/admin", "", false, 0)]
    [TestCase("DELETE", "/v9", "", true, -1)]
    [TestCase("DELETE", "/v9/x", "x-debug: yes", false, 3)]
    public void The_first_matching_permission_decides_and_otherwise_the_default(
        string method, string path, string header, bool allowed, int permission)
    {
        var table = Table(("payments", Permits(
            "web",
            new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Prefix, "/v1/admin") },
            new PermissionRule(IntentionAction.Allow)
            {
                PathRule = new PathRule(PathTest.Regex, "/v[0-9]/[a-z]+"),
                Methods = ["GET", "HEAD"],
            },
            new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Exact, "/v1/charges") },
            new PermissionRule(IntentionAction.Deny) { Headers = [new HeaderRule("x-debug", HeaderTest.Present, "")] })));
        var request = header.Length == 0 ? new AskedRequest(method, path) : new AskedRequest(method, path, ("x-debug", "yes"));

        var decision = table.Decide("web", "payments", request);

        Assert.That((decision.Allowed, decision.Permission), Is.EqualTo((allowed, permission)));
        Assert.That(decision.Cause, Is.EqualTo(permission < 0 ? IntentionCause.NoPermission : IntentionCause.Permission));
    }

    [Test]
    public void Without_a_matching_permission_the_default_decides_and_not_a_wider_intention()
    {
        var permits = Permits("web", new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Exact, "/v1") });
        var declared = new DeclaredIntentions(
            [new ServiceIntentionsEntry { Name = "payments", Sources = [permits, From("*", IntentionAction.Allow)] }],
            IntentionAction.Deny);

        Assert.That(IntentionTable.Of(declared).Decide("web", "payments", new AskedRequest("GET", "/v2")).Allowed, Is.False);
    }

    [Test]
    public void With_files_the_intention_from_all_to_all_is_the_default()
    {
        var permits = Permits("web", new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Exact, "/v1") });

        Assert.That(Table(("payments", permits)).Decide("web", "payments", new AskedRequest("GET", "/v2")).Allowed, Is.True);
        Assert.That(
            Table(("payments", permits), ("*", From("*", IntentionAction.Deny)))
                .Decide("web", "payments", new AskedRequest("GET", "/v2"))
                .Allowed,
            Is.False);
    }

    [TestCase("/public/../admin", false)]
    [TestCase("/public%2fx", true)]
    public void A_path_with_several_readings_is_allowed_only_if_each_reading_is(string path, bool allowed)
    {
        var table = Table(
            ("payments", Permits("web", new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Prefix, "/admin") })));

        Assert.That(table.Decide("web", "payments", new AskedRequest("GET", path)).Allowed, Is.EqualTo(allowed));
    }

    [TestCase("PURGE", false)]
    [TestCase("purge", false)]
    [TestCase("PURGES", true)]
    public void A_denied_method_is_denied_in_any_case(string method, bool allowed)
    {
        var table = Table(("payments", Permits("web", new PermissionRule(IntentionAction.Deny) { Methods = ["PURGE"] })));

        Assert.That(table.Decide("web", "payments", new AskedRequest(method, "/")).Allowed, Is.EqualTo(allowed));
    }

    [Test]
    public void A_missing_header_matches_only_an_inverted_presence_test()
    {
        bool Matches(HeaderRule rule) =>
            !Table(("payments", Permits("web", new PermissionRule(IntentionAction.Deny) { Headers = [rule] })))
                .Decide("web", "payments", Get)
                .Allowed;

        Assert.That(Matches(new HeaderRule("x", HeaderTest.Present, "") { Invert = true }), Is.True);
        Assert.That(Matches(new HeaderRule("x", HeaderTest.Present, "")), Is.False);
        Assert.That(Matches(new HeaderRule("x", HeaderTest.Exact, "a") { Invert = true }), Is.False);
    }

    [Test]
    public void Case_matters_unless_the_rule_ignores_it()
    {
        bool Matches(HeaderRule rule) =>
            !Table(("payments", Permits("web", new PermissionRule(IntentionAction.Deny) { Headers = [rule] })))
                .Decide("web", "payments", new AskedRequest("GET", "/", ("x", "Abc")))
                .Allowed;

        Assert.That(Matches(new HeaderRule("x", HeaderTest.Exact, "abc")), Is.False);
        Assert.That(Matches(new HeaderRule("x", HeaderTest.Exact, "abc") { IgnoreCase = true }), Is.True);
        Assert.That(Matches(new HeaderRule("x", HeaderTest.Regex, "a[a-z]+") { IgnoreCase = true }), Is.True);
        Assert.That(Matches(new HeaderRule("x", HeaderTest.Regex, "a[a-z]+")), Is.False);
    }

    [Test]
    public void Two_intentions_whose_destinations_differ_only_in_case_deny_if_either_does() =>
        Assert.That(
            Table(("payments", From("web", IntentionAction.Allow)), ("Payments", From("web", IntentionAction.Deny)))
                .Decide("web", "PAYMENTS", Get)
                .Allowed,
            Is.False);

    [Test]
    public void A_lookup_of_an_action_or_permissions_allocates_nothing()
    {
        var table = Table(
            ("payments", From("web", IntentionAction.Allow)),
            (
                "payments",
                Permits(
                    "api",
                    new PermissionRule(IntentionAction.Deny)
                    {
                        PathRule = new PathRule(PathTest.Regex, "/v[0-9]+/admin.*"),
                        Methods = ["GET"],
                    },
                    new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Prefix, "/") })));
        bool AllowsAll()
        {
            var allowed = true;
            foreach (var source in (ReadOnlySpan<string>)["web", "api", "other"])
            {
                allowed &= table.Decide(source, "payments", Get).Allowed;
            }

            return allowed;
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.That(AllowsAll());
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = AllowsAll();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_service_named_like_the_wildcard_does_not_mean_all_services() =>
        Assert.That(
            Table(("payments", From("web", IntentionAction.Allow)), ("*", From("*", IntentionAction.Deny)))
                .Decide("*", "payments", Get)
                .Allowed,
            Is.False);

    [Test]
    public void Each_part_of_an_intention_changes_the_revision()
    {
        var permission = new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Exact, "/a") };
        var header = new HeaderRule("x", HeaderTest.Exact, "1");
        string[] revisions =
        [
            Revision(null),
            Revision(new DeclaredIntentions([], null)),
            Revision(new DeclaredIntentions([], IntentionAction.Deny)),
            Revision(Of(("payments", From("web", IntentionAction.Allow)))),
            Revision(Of(("payments", From("web", IntentionAction.Deny)))),
            Revision(Of(("payments", From("*", IntentionAction.Deny)))),
            Revision(Of(("ledger", From("web", IntentionAction.Allow)))),
            Revision(Of(("payments", Permits("web", permission)))),
            Revision(Of(("payments", Permits("web", permission with { PathRule = new PathRule(PathTest.Prefix, "/a") })))),
            Revision(Of(("payments", Permits("web", permission with { Methods = ["GET"] })))),
            Revision(Of(("payments", Permits("web", permission with { Headers = [header] })))),
            Revision(Of(("payments", Permits("web", permission with { Headers = [header with { Invert = true }] })))),
            Revision(Of(("payments", Permits("web", permission with { Headers = [header with { IgnoreCase = true }] })))),
            Revision(Of(("payments", Permits("web", permission, permission)))),
        ];

        Assert.That(revisions, Is.Unique);
    }

    [Test]
    public void The_revision_does_not_depend_on_order_or_descriptions()
    {
        var (first, second) = (("payments", From("web", IntentionAction.Allow)), ("ledger", From("*", IntentionAction.Deny)));

        Assert.That(Revision(Of(first, second)), Is.EqualTo(Revision(Of(second, first))));
        Assert.That(
            Revision(Of(first)), Is.EqualTo(Revision(Of(("payments", From("web", IntentionAction.Allow) with { Description = "why" })))));
    }

    private static string Revision(DeclaredIntentions? declared) =>
        SnapshotCompiler.Compile(EntrySet.Empty, Array.Empty<DiscoveredNode>(), null, declared).Revision;

    private static IntentionTable Table(params (string Destination, IntentionSource Source)[] intentions) =>
        IntentionTable.Of(Of(intentions));

    private static DeclaredIntentions Of(params (string Destination, IntentionSource Source)[] intentions) =>
        new(
            [
                .. intentions.GroupBy(each => each.Destination, each => each.Source).Select(
                    group => new ServiceIntentionsEntry { Name = group.Key, Sources = [.. group] })],
            null);

    private static IntentionSource From(string source, IntentionAction action) => new(source) { Action = action };

    private static IntentionSource Permits(string source, params PermissionRule[] permissions) =>
        new(source) { Permissions = [.. permissions] };
}
