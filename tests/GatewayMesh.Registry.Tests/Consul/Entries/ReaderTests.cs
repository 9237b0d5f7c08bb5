using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Registry.Consul.Catalogue;
using GatewayMesh.Registry.Consul.Entries;

namespace GatewayMesh.Registry.Tests.Consul.Entries;

/// <summary>From Consul's entries and keys to ours, with the errors at their places.</summary>
internal sealed class ReaderTests
{
    private const string Defaults = """
        [
            {
                "Kind": "service-defaults",
                "Name": "web",
                "Protocol": "grpc",
                "MeshGateway": {},
                "Expose": {},
                "Namespace": "default",
                "SomethingNewer": { "a": [1, true, null] },
                "CreateIndex": 7,
                "ModifyIndex": 7
            },
            {
                "Kind": "service-defaults",
                "Name": "old",
                "Protocol": "tcp"
            },
            { "Kind": "service-defaults", "Name": "exposed", "Expose": { "Checks": true } }
        ]
        """;

    [Test]
    public void What_consul_adds_and_what_is_newer_is_left_aside()
    {
        var entries = EntryReader.Read(Bytes(Defaults));
        Assert.That(entries["web"].Entry, Is.InstanceOf<ServiceDefaultsEntry>().With.Property("Protocol").EqualTo("grpc"));
        Assert.That(entries["web"].Errors, Is.Empty);
        Assert.That(entries["exposed"].Errors, Is.Empty);
        Assert.That(entries["exposed"].Entry, Is.InstanceOf<ServiceDefaultsEntry>().With.Property("Protocol").Null, "one that says no protocol leaves it to what the instances say");
    }

    [Test]
    public void An_error_names_the_entry_its_line_and_the_mend()
    {
        var old = EntryReader.Read(Bytes(Defaults))["old"];
        Assert.That(old.Entry, Is.Null);
        Assert.That(old.Errors.Single().ToString(), Is.EqualTo("consul:service-defaults/old:4:21: protocol: tcp is not supported yet; say protocol: http"));
    }

    [Test]
    public void An_ingress_that_is_to_speak_tls_is_refused_and_one_that_is_not_is_used()
    {
        var entries = EntryReader.Read(Bytes("""
            [{"Kind":"ingress-gateway","Name":"plain","TLS":{"Enabled":false},"Listeners":[{"Port":8080,"Protocol":"http","TLS":{},"Services":[{"Name":"web","Hosts":null,"Namespace":"default"}]}]},
             {"Kind":"ingress-gateway","Name":"secret","TLS":{"Enabled":true},"Listeners":[{"Port":8080,"Protocol":"http","Services":[{"Name":"web"}]}]}]
            """));
        Assert.That(entries["plain"].Entry, Is.InstanceOf<IngressGatewayEntry>());
        Assert.That(entries["secret"].Errors.Single().Message, Is.EqualTo("is not supported yet"));
    }

    [Test]
    public void A_splitter_that_is_read_before_its_resolver_waits_and_holds_nothing_up()
    {
        var lastGood = new LastGoodEntries();
        var defaults = EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"http"}]"""));
        var more = EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"http"},{"Kind":"service-defaults","Name":"api","Protocol":"grpc"}]"""));
        var none = EntryReader.Read(Bytes("[]"));
        var splitter = EntryReader.Read(Bytes("""[{"Kind":"service-splitter","Name":"web","Splits":[{"Weight":100,"ServiceSubset":"v1"}]}]"""));
        var resolver = EntryReader.Read(Bytes("""[{"Kind":"service-resolver","Name":"web","Subsets":{"v1":{}}}]"""));

        lastGood.Take([("service-defaults", defaults), ("service-splitter", none), ("service-resolver", none)]);
        lastGood.Take([("service-defaults", more), ("service-splitter", splitter), ("service-resolver", none)]);
        Assert.That((lastGood.Entries!.ServiceSplitters.Length, lastGood.Entries.ServiceDefaults.Length), Is.EqualTo((0, 2)), "what it has nothing to do with is used");
        Assert.That(lastGood.Errors.Single().ToString(), Does.StartWith("consul:service-splitter/web:1:").And.Contains("web has no subset 'v1'"));
        lastGood.Take([("service-defaults", more), ("service-splitter", splitter), ("service-resolver", resolver)]);
        Assert.That((lastGood.Entries!.ServiceSplitters.Length, lastGood.Errors.Length), Is.EqualTo((1, 0)));

        lastGood.Take([("service-defaults", defaults), ("service-splitter", splitter), ("service-resolver", none)]);
        Assert.That((lastGood.Entries!.ServiceSplitters.Length, lastGood.Entries.ServiceResolvers.Length, lastGood.Errors.Length), Is.EqualTo((1, 1, 1)), "the subset that is still needed stays");
    }

    [Test]
    public void The_good_one_of_a_name_stays_until_there_is_a_better_or_none()
    {
        var lastGood = new LastGoodEntries();
        lastGood.Take([("service-defaults", EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"grpc"}]""")))]);
        var first = lastGood.Entries;
        lastGood.Take([("service-defaults", EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"gprc"}]""")))]);
        Assert.That((lastGood.Entries!.ServiceDefaults.Single().Protocol, lastGood.Errors.Single().Fix), Is.EqualTo(("grpc", "did you mean grpc?")));

        var empty = EntryReader.Read(Bytes("[]"));
        lastGood.Take([("service-defaults", empty)]);
        Assert.That((lastGood.Entries.ServiceDefaults.Length, lastGood.Errors.Length), Is.EqualTo((0, 0)));
        var last = lastGood.Entries;
        lastGood.Take([("service-defaults", empty)]);
        Assert.That(lastGood.Entries, Is.SameAs(last).And.Not.SameAs(first), "no news is no new set");
    }

    [Test]
    public void A_policy_is_yaml_or_json_and_its_key_is_its_name()
    {
        var policies = PolicyReader.Read(Keys(("gatewaymesh/service-policy/", ""), ("gatewaymesh/service-policy/*", "timeouts: { request: 7s }"), ("gatewaymesh/service-policy/web", """{"kind":"service-policy","name":"web","retries":{"maxAttempts":2}}""")));
        Assert.That(policies.Keys, Is.EqualTo(new[] { "*", "web" }));
        Assert.That(policies["*"].Entry, Is.InstanceOf<ServicePolicyEntry>().With.Property("Timeouts").Property("Request").EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(policies["web"].Entry, Is.InstanceOf<ServicePolicyEntry>().With.Property("Retries").Property("MaxAttempts").EqualTo(2));
    }

    [TestCase("name: api", "consul:kv/gatewaymesh/service-policy/web:1:7: name: says api, the key says web; leave it out, or write under the other key")]
    [TestCase("retires: { maxAttempts: 2 }", "consul:kv/gatewaymesh/service-policy/web:1:1: retires: is not a known key; did you mean retries?")]
    [TestCase("- 1", "consul:kv/gatewaymesh/service-policy/web:1:1: a list stands where an entry is expected; write keys with values, beginning with kind")]
    public void A_bad_policy_says_where_and_what(string value, string expected)
    {
        var policy = PolicyReader.Read(Keys(("gatewaymesh/service-policy/web", value)))["web"];
        Assert.That((policy.Entry, policy.Errors.Single().ToString()), Is.EqualTo(((ConfigEntry?)null, expected)));
    }

    // Every way to end early, and every byte changed: an exception that watches know, or a list; nothing else.
    [Test]
    public void Truncated_and_changed_answers_are_lists_or_known_exceptions()
    {
        var whole = Bytes(Defaults);
        for (var i = 0; i < whole.Length; i++)
        {
            Hear(whole[..i]);
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0x15;
            Hear(changed);
        }
    }

    [Test]
    public void Any_bytes_are_lists_or_known_exceptions() => Prop.ForAll<byte[]>(bytes => Hear(bytes)).QuickCheckThrowOnFailure();

    [Test]
    public void A_deep_answer_is_refused() =>
        Assert.That(() => EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","X":""" + new string('[', 10_000) + new string(']', 10_000) + "}]")), Throws.InstanceOf<JsonException>());

    private static void Hear(byte[] bytes)
    {
        Action<ReadOnlyMemory<byte>>[] readers =
            [body => EntryReader.Read(body), body => PolicyReader.Read(body), body => CatalogueReader.Read(body), body => InstanceReader.Read(body), body => GatewayReader.Read(body)];
        foreach (var read in readers)
        {
            try
            {
                read(bytes);
            }
            catch (Exception known) when (known is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                // What a watch takes for an answer that is none.
            }
        }
    }

    private static byte[] Keys(params (string Key, string Value)[] keys) =>
        Bytes($"[{string.Join(',', keys.Select(item => $"{{\"Key\":\"{item.Key}\",\"Value\":{(item.Value.Length == 0 ? "null" : $"\"{Convert.ToBase64String(Bytes(item.Value))}\"")}}}"))}]");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
