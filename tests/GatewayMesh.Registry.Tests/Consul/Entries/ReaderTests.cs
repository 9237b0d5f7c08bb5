using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Registry.Consul.Catalog;
using GatewayMesh.Registry.Consul.Entries;

namespace GatewayMesh.Registry.Tests.Consul.Entries;

/// <summary>Parsing of Consul's entries and keys, with errors at their locations.</summary>
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
    public void Keys_added_by_consul_and_newer_keys_are_ignored()
    {
        var entries = EntryReader.Read(Bytes(Defaults));
        Assert.That(entries["web"].Entry, Is.InstanceOf<ServiceDefaultsEntry>().With.Property("Protocol").EqualTo("grpc"));
        Assert.That(entries["web"].Errors, Is.Empty);
        Assert.That(entries["exposed"].Errors, Is.Empty);
        Assert.That(entries["exposed"].Entry, Is.InstanceOf<ServiceDefaultsEntry>().With.Property("Protocol").Null,
            "without a protocol the instances decide");
    }

    [Test]
    public void An_error_names_the_entry_the_line_and_the_fix()
    {
        var old = EntryReader.Read(Bytes(Defaults))["old"];
        Assert.That(old.Entry, Is.Null);
        Assert.That(
            old.Errors.Single().ToString(),
            Is.EqualTo("consul:service-defaults/old:4:21: protocol: tcp is not supported yet; set protocol: http"));
    }

    [Test]
    public void An_ingress_with_tls_enabled_is_refused_and_one_without_is_used()
    {
        var entries = EntryReader.Read(Bytes("""
            [{"Kind":"ingress-gateway","Name":"plain","TLS":{"Enabled":false},"Listeners":[{"Port":8080,"Protocol":"http","TLS":{},"Services":[{"Name":"web","Hosts":null,"Namespace":"default"}]}]},
             {"Kind":"ingress-gateway","Name":"secret","TLS":{"Enabled":true},"Listeners":[{"Port":8080,"Protocol":"http","Services":[{"Name":"web"}]}]}]
            """));
        Assert.That(entries["plain"].Entry, Is.InstanceOf<IngressGatewayEntry>());
        Assert.That(entries["secret"].Errors.Single().Message, Is.EqualTo("is not supported yet"));
    }

    [Test]
    public void A_splitter_read_before_its_resolver_waits_without_delaying_other_entries()
    {
        var lastGood = new LastGoodEntries();
        var defaults = EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"http"}]"""));
        var more = EntryReader.Read(
            Bytes(
                """[{"Kind":"service-defaults","Name":"web","Protocol":"http"},{"Kind":"service-defaults","Name":"api","Protocol":"grpc"}]"""));
        var none = EntryReader.Read(Bytes("[]"));
        var splitter = EntryReader.Read(
            Bytes("""[{"Kind":"service-splitter","Name":"web","Splits":[{"Weight":100,"ServiceSubset":"v1"}]}]"""));
        var resolver = EntryReader.Read(Bytes("""[{"Kind":"service-resolver","Name":"web","Subsets":{"v1":{}}}]"""));

        lastGood.Take([("service-defaults", defaults), ("service-splitter", none), ("service-resolver", none)]);
        lastGood.Take([("service-defaults", more), ("service-splitter", splitter), ("service-resolver", none)]);
        Assert.That((lastGood.Entries!.ServiceSplitters.Length, lastGood.Entries.ServiceDefaults.Length), Is.EqualTo((0, 2)),
            "unrelated entries are used");
        Assert.That(
            lastGood.Errors.Single().ToString(), Does.StartWith("consul:service-splitter/web:1:").And.Contains("web has no subset 'v1'"));
        lastGood.Take([("service-defaults", more), ("service-splitter", splitter), ("service-resolver", resolver)]);
        Assert.That((lastGood.Entries!.ServiceSplitters.Length, lastGood.Errors.Length), Is.EqualTo((1, 0)));

        lastGood.Take([("service-defaults", defaults), ("service-splitter", splitter), ("service-resolver", none)]);
        Assert.That((lastGood.Entries!.ServiceSplitters.Length, lastGood.Entries.ServiceResolvers.Length, lastGood.Errors.Length),
            Is.EqualTo((1, 1, 1)), "the needed subset stays");
    }

    [Test]
    public void The_last_good_entry_stays_until_a_new_good_one_or_a_deletion()
    {
        var lastGood = new LastGoodEntries();
        lastGood.Take([("service-defaults", EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"grpc"}]""")))]);
        var first = lastGood.Entries;
        lastGood.Take([("service-defaults", EntryReader.Read(Bytes("""[{"Kind":"service-defaults","Name":"web","Protocol":"gprc"}]""")))]);
        Assert.That(
            (lastGood.Entries!.ServiceDefaults.Single().Protocol, lastGood.Errors.Single().Fix),
            Is.EqualTo(("grpc", "did you mean grpc?")));

        var empty = EntryReader.Read(Bytes("[]"));
        lastGood.Take([("service-defaults", empty)]);
        Assert.That((lastGood.Entries.ServiceDefaults.Length, lastGood.Errors.Length), Is.EqualTo((0, 0)));
        var last = lastGood.Entries;
        lastGood.Take([("service-defaults", empty)]);
        Assert.That(lastGood.Entries, Is.SameAs(last).And.Not.SameAs(first), "an unchanged list keeps the set");
    }

    [Test]
    public void A_policy_is_yaml_or_json_and_named_by_its_key()
    {
        var policies = Policies.Read(
            Keys(
                ("gatewaymesh/service-policy/", ""),
                ("gatewaymesh/service-policy/*", "timeouts: { request: 7s }"),
                ("gatewaymesh/service-policy/web", """{"kind":"service-policy","name":"web","retries":{"maxAttempts":2}}""")));
        Assert.That(policies.Keys, Is.EqualTo(new[] { "*", "web" }));
        Assert.That(
            policies["*"].Entry,
            Is.InstanceOf<ServicePolicyEntry>().With.Property("Timeouts").Property("Request").EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(policies["web"].Entry, Is.InstanceOf<ServicePolicyEntry>().With.Property("Retries").Property("MaxAttempts").EqualTo(2));
    }

    [TestCase("name: api",
        "consul:kv/gatewaymesh/service-policy/web:1:7: name: is api, but the key names web; remove it, or move the value to the other key")]
    [
        TestCase(
            "retires: { maxAttempts: 2 }",
            "consul:kv/gatewaymesh/service-policy/web:1:1: retires: is not a known key; did you mean retries?")]
    [TestCase("- 1", "consul:kv/gatewaymesh/service-policy/web:1:1: a list is not an entry; write keys with values, starting with kind")]
    public void An_invalid_policy_is_reported_with_location_and_reason(string value, string expected)
    {
        var policy = Policies.Read(Keys(("gatewaymesh/service-policy/web", value)))["web"];
        Assert.That((policy.Entry, policy.Errors.Single().ToString()), Is.EqualTo(((ConfigEntry?)null, expected)));
    }

    // Every truncation and every changed byte give a list or an exception that watches handle, and nothing else.
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
        Assert.That(
            () => EntryReader.Read(
                Bytes("""[{"Kind":"service-defaults","Name":"web","X":""" + new string('[', 10_000) + new string(']', 10_000) + "}]")),
            Throws.InstanceOf<JsonException>());

    private static void Hear(byte[] bytes)
    {
        Action<ReadOnlyMemory<byte>>[] readers =
            [
                body => EntryReader.Read(body),
                body => Policies.Read(body),
                body => CatalogReader.Read(body),
                body => InstanceReader.Read(body),
                body => GatewayReader.Read(body)];
        foreach (var read in readers)
        {
            try
            {
                read(bytes);
            }
            catch (Exception known) when (known is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                // The exceptions that a watch treats as an invalid answer.
            }
        }
    }

    private static byte[] Keys(params (string Key, string Value)[] keys) =>
        Bytes(
            $"[{string.Join(',', keys.Select(item => $"{{\"Key\":\"{item.Key}\",\"Value\":{(item.Value.Length == 0 ? "null" : $"\"{Convert.ToBase64String(Bytes(item.Value))}\"")}}}"))}]");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
