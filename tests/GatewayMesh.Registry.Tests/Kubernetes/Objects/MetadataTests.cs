using System.Text.Json;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Tests.Kubernetes.Objects;

/// <summary>Metadata as it is written, and times in the forms that the API server takes.</summary>
public sealed class MetadataTests
{
    [Test]
    public void Empty_fields_are_not_written()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Write(new ObjectMeta()), Is.EqualTo("{}"));
            Assert.That(Write(new ObjectMeta { Name = "api" }), Is.EqualTo("""{"name":"api"}"""));
        }
    }

    [Test]
    public void What_is_written_is_read_back()
    {
        var meta = new ObjectMeta
        {
            Name = "api",
            GenerateName = "a",
            Namespace = "shop",
            Uid = "u",
            ResourceVersion = "7",
            Generation = 3,
            Labels = new Dictionary<string, string> { ["a"] = "b" },
            Annotations = new Dictionary<string, string> { ["c"] = "d" },
            CreationTimestamp = new DateTimeOffset(2026, 1, 1, 0, 0, 7, TimeSpan.Zero),
            DeletionTimestamp = new DateTimeOffset(2026, 1, 1, 0, 0, 8, TimeSpan.Zero),
            DeletionGracePeriodSeconds = 30,
            Finalizers = ["f"],
            OwnerReferences = [new OwnerReference("v1", "Pod", "p", "q", Controller: true)],
        };
        var read = JsonSerializer.Deserialize(Write(meta), ApiJson.Default.ObjectMeta)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Write(read), Is.EqualTo(Write(meta)));
            Assert.That(read.Key, Is.EqualTo(new ObjectKey("shop", "api")));
            Assert.That(read.OwnerReferences, Is.EqualTo(meta.OwnerReferences));
        }
    }

    [Test]
    public void Null_is_metadata_without_fields() =>
        Assert.That(JsonSerializer.Deserialize("""{"metadata":null}""", ApiJson.Default.PartialObject)!.Metadata, Is.SameAs(ObjectMeta.Empty));

    [Test]
    public void Times_of_conditions_have_whole_seconds_and_those_of_leases_six_decimals()
    {
        var time = new DateTimeOffset(2026, 1, 1, 2, 0, 0, 123, TimeSpan.FromHours(2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(KubernetesTimeConverter.Text(time), Is.EqualTo("2026-01-01T00:00:00Z"));
            Assert.That(KubernetesMicroTimeConverter.Text(time), Is.EqualTo("2026-01-01T00:00:00.123000Z"));
            Assert.That(
                JsonSerializer.Serialize(new Condition { Type = "Accepted", LastTransitionTime = time }, ApiJson.Default.Condition),
                Does.Contain("\"lastTransitionTime\":\"2026-01-01T00:00:00Z\""));
        }
    }

    [Test]
    public void A_status_has_its_causes_and_null_is_none()
    {
        var status = JsonSerializer.Deserialize(Recording.Body("error-422-service.json"), ApiJson.Default.Status)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.Details.Causes, Has.Count.EqualTo(3));
            Assert.That(JsonSerializer.Deserialize("""{"details":{"causes":null}}""", ApiJson.Default.Status)!.Details.Causes, Is.Empty);
            Assert.That(JsonSerializer.Deserialize("""{"details":null}""", ApiJson.Default.Status)!.Details.Causes, Is.Empty);
        }
    }

    private static string Write(ObjectMeta meta) => JsonSerializer.Serialize(meta, ApiJson.Default.ObjectMeta);
}
