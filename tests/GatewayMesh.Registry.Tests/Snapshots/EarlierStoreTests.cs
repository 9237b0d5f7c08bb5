using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Tests.Snapshots;

/// <summary>A store that an earlier version wrote lacks the members of later versions, at any depth.</summary>
internal sealed class EarlierStoreTests
{
    // Values whose absence cannot be told from zero. They were stored from the first version of their type on; a new one must be nullable.
    private static readonly string[] StoredFromTheStart =
    [
        "ServiceInstance.Healthy", "ServiceInstance.Weight", "RequestRedirect.StatusCode", "FlagRecurrence.Interval", "FaultRule.Share",
        "RateLimitCost.Default", "RateLimitModel.Burst", "JwtRule.Required", "JwtIssuerModel.ClockSkew", "JwksModel.Refresh",
        "JwksModel.Timeout", "NodeService.Weight", "NodeRecord.Synced", "DiscoveredInstance.Weight",
    ];

    // As in the store, but without required members: an object of the store has them.
    private static readonly JsonSerializerOptions Options = new(StoreJson.Default.Options)
    {
        TypeInfoResolver = ((IJsonTypeInfoResolver)StoreJson.Default).WithAddedModifier(
            static type =>
            {
                foreach (var property in type.Properties)
                {
                    property.IsRequired = false;
                }
            }),
    };

    private static IEnumerable<Type> StoredTypes => Reachable(typeof(StoredEntries), []).Where(
        type => StoreJson.Default.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object);

    [TestCaseSource(nameof(StoredTypes))]
    public void A_member_that_an_earlier_version_did_not_store_has_its_default(Type type)
    {
        var loaded = JsonSerializer.Deserialize("{}", Options.GetTypeInfo(type))!;
        var made = WithDefaults(type);

        using (Assert.EnterMultipleScope())
        {
            foreach (var property in StoreJson.Default.Options.GetTypeInfo(type).Properties.Where(IsOptional))
            {
                if (!StoredFromTheStart.Contains($"{type.Name}.{((MemberInfo)property.AttributeProvider!).Name}"))
                {
                    Assert.That(TextOf(property, loaded), Is.EqualTo(TextOf(property, made)), property.Name);
                }
            }
        }
    }

    [Test]
    public void Every_value_that_was_stored_from_the_start_exists() =>
        Assert.That(
            StoredFromTheStart,
            Is.SubsetOf(StoredTypes.SelectMany(type => type.GetProperties().Select(property => $"{type.Name}.{property.Name}"))));

    // Not a required member, and not a parameter of the constructor: both are in each object of their type.
    private static bool IsOptional(JsonPropertyInfo property) =>
        property is { IsRequired: false, Get: not null } && property.AssociatedParameter is null or { IsMemberInitializer: true };

    private static string TextOf(JsonPropertyInfo property, object of)
    {
        try
        {
            return JsonSerializer.Serialize(property.Get!(of), StoreJson.Default.Options.GetTypeInfo(property.PropertyType));
        }
        catch (InvalidOperationException failure)
        {
            return failure.Message; // an array that is null
        }
    }

    private static object WithDefaults(Type type)
    {
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(each => each.GetParameters() is not [var only] || only.ParameterType != type) // the copy of a record
            .MinBy(each => each.GetParameters().Length);
        return constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Default(parameter.ParameterType))]);
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private static HashSet<Type> Reachable(Type type, HashSet<Type> found)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (found.Add(type))
        {
            var info = StoreJson.Default.Options.GetTypeInfo(type);
            foreach (var next in info.Properties.Where(property => property.Get is not null).Select(property => property.PropertyType)
                .Append(info.ElementType)
                .OfType<Type>())
            {
                _ = Reachable(next, found);
            }
        }

        return found;
    }
}
