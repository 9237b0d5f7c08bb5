using System.Text;
using System.Text.Json;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>Lines of a watch as events.</summary>
public sealed class WatchLineTests
{
    [Test]
    public void Metadata_is_read_and_managed_fields_are_skipped()
    {
        var read = Read(
            """{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"managedFields":[{"a":{"b":[1]}}],"name":"p","namespace":"n","uid":"u","resourceVersion":"7","generation":3,"labels":{"a":"b"},"annotations":null,"creationTimestamp":"2026-01-01T00:00:07Z","deletionTimestamp":"2026-01-01T00:01:07Z","deletionGracePeriodSeconds":30,"finalizers":["f"],"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","uid":"r","controller":true,"blockOwnerDeletion":true}]},"spec":{"x":1}}}""");
        var meta = read.Metadata;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Kind, Is.EqualTo(WatchEventKind.Added));
            Assert.That(read.Value!.Kind, Is.EqualTo("Pod"));
            Assert.That((meta.Name, meta.Namespace, meta.Uid, meta.ResourceVersion, meta.Generation), Is.EqualTo(("p", "n", "u", "7", 3L)));
            Assert.That(meta.Labels["a"], Is.EqualTo("b"));
            Assert.That(meta.Annotations, Is.Empty);
            Assert.That(meta.DeletionTimestamp, Is.EqualTo(new DateTimeOffset(2026, 1, 1, 0, 1, 7, TimeSpan.Zero)));
            Assert.That(meta.DeletionGracePeriodSeconds, Is.EqualTo(30));
            Assert.That(meta.Finalizers, Is.EqualTo(["f"]));
            Assert.That(meta.OwnerReferences[0], Is.EqualTo(
                new GatewayMesh.Registry.Kubernetes.Objects.OwnerReference("apps/v1", "ReplicaSet", "rs", "r", Controller: true)));
        }
    }

    [Test]
    public void Managed_fields_cost_no_memory()
    {
        var fields = string.Join(',', Enumerable.Range(0, 500).Select(index => $"\"f:field{index}\":{{}}"));
        var line = Encoding.UTF8.GetBytes(
            """{"type":"ADDED","object":{"metadata":{"name":"p","resourceVersion":"7","managedFields":[{"fieldsV1":{""" + fields + "}}]}}}");
        _ = WatchLine.Read(line, ApiJson.Default.PartialObject);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = WatchLine.Read(line, ApiJson.Default.PartialObject);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2048));
    }

    [Test]
    public void The_object_may_come_before_its_type() =>
        Assert.That(
            Read("""{"object":{"metadata":{"name":"p","resourceVersion":"7"}},"type":"DELETED"}"""),
            Has.Property("Kind").EqualTo(WatchEventKind.Deleted).And.Property("Value").Not.Null);

    [Test]
    public void Null_absent_and_empty_metadata_are_one()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var part in new[] { "\"labels\":null,", "\"labels\":{},", "" })
            {
                Assert.That(
                    Read($$$$"""{"type":"ADDED","object":{"metadata":{{{{{part}}}}"name":"p","resourceVersion":"7"}}}""").Metadata.Labels, Is.Empty);
            }
        }
    }

    [Test]
    public void Only_the_bookmark_with_its_annotation_ends_a_start()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Read(Recording.Lines("watch-services.jsonl")[8]).EndsStart, Is.True);
            Assert.That(Read(Recording.Lines("watch-services.jsonl")[^1]).EndsStart, Is.False);
        }
    }

    [Test]
    public void An_error_line_has_its_status() =>
        Assert.That(Read(Recording.Lines("watch-410.jsonl")[0]).Status, Has.Property("Code").EqualTo(410).And.Property("Reason").EqualTo("Expired"));

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{")]
    [TestCase("""{"type":"ADDED"}""")]
    [TestCase("""{"object":{}}""")]
    [TestCase("""{"type":7,"object":{}}""")]
    [TestCase("""{"type":"ADDED","object":{"metadata":{"labels":{"a":"b"}""")]
    [TestCase("""{"type":"BOOKMARK","object":7}""")]
    public void A_line_that_is_no_event_is_refused(string line) => Assert.That(() => Read(line), Throws.InstanceOf<JsonException>());

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("""{"metadata":null}""")]
    [TestCase("""{"metadata":{"name":7}}""")]
    [TestCase("""{"metadata":{"name":"p","labels":7}}""")]
    public void An_object_without_readable_metadata_is_an_event_with_a_problem(string item)
    {
        var read = Read($$"""{"type":"ADDED","object":{{item}}}""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Value, Is.Null);
            Assert.That(read.Problem, Is.Not.Empty);
        }
    }

    [Test]
    public void No_change_of_one_byte_throws_anything_else([Values("watch-services.jsonl", "watch-gateways.jsonl", "watch-410.jsonl")] string name)
    {
        var random = new Random(7);
        foreach (var line in Recording.Lines(name).Take(3))
        {
            var bytes = Encoding.UTF8.GetBytes(line);
            for (var tries = 0; tries < 3000; tries++)
            {
                var changed = (byte[])bytes.Clone();
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
                try
                {
                    _ = WatchLine.Read(changed, ApiJson.Default.PartialObject);
                }
                catch (JsonException)
                {
                    // Refused.
                }
            }
        }
    }

    private static WatchEvent<GatewayMesh.Registry.Kubernetes.Objects.PartialObject> Read(string line) =>
        WatchLine.Read(Encoding.UTF8.GetBytes(line), ApiJson.Default.PartialObject);
}
